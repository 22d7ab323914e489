import HubIO
import HubRooms
import HubWire

/// What a book does besides events: it forgets, and drops what is too old. Each step is small, so that no transaction is
/// long, and in an order that is always the same.
extension Book {
  /// The most of each kind that one transaction does.
  private static let forgottenAtOnce = 64
  private static let movedAtOnce = 256
  private static let trimmedAtOnce = 64
  /// How often the running clock is written where nothing else is, in milliseconds.
  private static let clockInterval: Int64 = 60_000
  /// All rooms are looked at in as many ticks.
  private static let sweepTicks = 60
  private static let sweptAtLeast = 2000
  /// Of so many rooms the one that reaches back furthest makes space for others.
  private static let sample = 64

  /// Time has passed: looks over the next rooms.
  mutating func tick(at time: Moment) {
    clock.advance(to: time)
    isTicked = true
    for _ in 0..<min(rooms.slots.count, max(Self.sweptAtLeast, rooms.slots.count / Self.sweepTicks)) {
      if sweepSlot >= rooms.slots.count { sweepSlot = 0 }
      if let room = rooms.slots[sweepSlot], exceeds(room) { exceeding.add(room.name) }
      sweepSlot += 1
    }
  }

  /// Puts the next steps into the plan, besides the events that are there.
  mutating func maintain(_ plan: inout WritePlan) {
    plan.leaving = leaving
    leaving = []
    forget(&plan)
    if !isEpochStored { plan.epoch = epoch }
    keys.expire(in: &plan.keys, at: plan.clock)
    plan.moved = rooms.moved.take(Self.movedAtOnce)
    for name in plan.moved {
      guard let room = rooms[name], room.isStored else { continue }
      plan.change(plan.index(of: name) { room })
    }
    plan.exceeding = exceeding.take(Self.trimmedAtOnce)
    for name in plan.exceeding {
      // It may have been dealt with already.
      guard let room = rooms[name], exceeds(room) else { continue }
      _ = plan.index(of: name) { room }
      plan.trims = true
    }
    plan.purging = purging.first
    plan.savesClock = plan.clock - storedClock >= Self.clockInterval
  }

  /// Whether there is something to do besides events.
  mutating func needsMaintenance() -> Bool {
    if !exceeding.isEmpty || !purging.isEmpty || !leaving.isEmpty || !isEpochStored { return true }
    defer { isTicked = false }
    return isTicked
  }

  private mutating func forget(_ plan: inout WritePlan) {
    for _ in 0..<Self.forgottenAtOnce {
      guard let room = rooms.forgettable(at: plan.clock, limits: limits), !plan.contains(room.name) else { return }
      rooms.remove(room.name)
      plan.forgotten.append(room)
      leave(room.epoch)
    }
  }

  /// The room, of the next few, that reaches back furthest.
  mutating func furthestBack() -> RoomRecord? {
    var furthest: RoomRecord?
    var seen = 0
    for _ in 0..<rooms.slots.count where seen < Self.sample {
      if freeSlot >= rooms.slots.count { freeSlot = 0 }
      defer { freeSlot += 1 }
      guard let room = rooms.slots[freeSlot], let time = room.oldestTime else { continue }
      seen += 1
      if time < furthest?.oldestTime ?? .max { furthest = room }
    }
    return furthest
  }
}
