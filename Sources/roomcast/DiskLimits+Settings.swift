import HubDisk
import HubServer

extension DiskLimits {
  init(_ settings: Settings) {
    self.init()
    let disk = settings.disk
    roomEvents = disk.room.events
    roomAge = disk.room.age
    roomBytes = disk.room.bytes
    bytes = disk.bytes
    time = disk.time
    queueEvents = disk.queue.events
    queueBytes = disk.queue.bytes
    remember = settings.remember.time
    rememberedRooms = settings.remember.rooms
    idempotency = settings.idempotency.time
    idempotencyKeys = settings.idempotency.keys
  }
}
