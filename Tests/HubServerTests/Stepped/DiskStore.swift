import HubDisk
import HubIO
import HubRooms
import HubTesting

@testable import HubServer

/// Events are on a simulated disk, by the engine that a hub has in earnest; its writer and its reader take their turns as
/// the seed says.
final class DiskStore: StormStore {
  private let disk: SimulatedDisk
  private let clock: SimulatedClock
  private let limits: DiskLimits
  private let names = EpochNames()
  private var current: DiskEngine?
  /// Engines of processes that have ended, whose connections nobody closes.
  private var remains: [DiskEngine] = []
  /// The next operation of this kind fails.
  private var doomed: SimulatedDisk.Operation?
  /// The disk is full until then.
  private var fullUntil: Moment?
  /// The disk does nothing until then.
  private var stalledUntil: Moment?
  private var isCalm = false
  private(set) var faults = 0

  private static let directory = "/store"

  init(_ settings: Settings, clock: SimulatedClock, forgetsFailedSyncs: Bool, seed: UInt64) {
    self.clock = clock
    var limits = DiskLimits()
    limits.roomEvents = settings.disk.room.events
    limits.roomAge = settings.disk.room.age
    limits.idempotency = .seconds(86_400)
    limits.time = settings.disk.time
    limits.queueEvents = settings.disk.queue.events
    self.limits = limits
    disk = SimulatedDisk(seed: seed, sectorSize: seed.isMultiple(of: 2) ? 512 : 4096)
    disk.forgetsFailedSyncs = forgetsFailedSyncs
    disk.wallTime = { clock.wallTime }
    disk.fails = { [unowned self] operation in
      guard operation == doomed else { return false }
      doomed = nil
      return true
    }
    do throws(DiskError) { current = try open() } catch { preconditionFailure("\(error)") }
  }

  var engine: any Engine { current! }
  var lasts: Bool { true }
  var isBroken: Bool { !disk.hasPower }

  private func open() throws(DiskError) -> DiskEngine {
    try DiskEngine.open(Self.directory, limits: limits, vfs: disk.name, makeEpoch: names.next)
  }

  func step(_ random: inout SeededRandom) -> Bool {
    guard let current, !isBroken else { return false }
    // Somebody makes space: publishers who never give up would wait for that without end.
    if let fullUntil, clock.now >= fullUntil {
      disk.isFull = false
      self.fullUntil = nil
    }
    if let stalledUntil {
      if clock.now < stalledUntil { return false }
      self.stalledUntil = nil
    }
    // A slow disk: the others go on, and time goes by.
    if random.once(in: 3) { return false }
    return random.once(in: 2) ? current.work() || current.readWork() : current.readWork() || current.work()
  }

  func disturb(_ random: inout SeededRandom) {
    if isCalm { return }
    faults += 1
    switch random.number(in: 0..<5) {
    case 0:
      disk.isFull = true
      fullUntil = clock.now + .milliseconds(random.number(in: 1...30_000))
    case 1: disk.isFull = false
    case 2: stalledUntil = clock.now + .milliseconds(random.number(in: 1...15_000))
    default: doomed = [.read, .write, .write, .sync, .truncate][random.number(in: 0..<5)]
    }
  }

  /// The power goes in the middle of something that the disk is about to do.
  func failSoon(_ random: inout SeededRandom) {
    if disk.changesUntilPowerFails == nil { disk.changesUntilPowerFails = random.number(in: 1...40) }
  }

  func calm() {
    isCalm = true
    heal()
  }

  private func heal() {
    disk.isFull = false
    fullUntil = nil
    disk.changesUntilPowerFails = nil
    doomed = nil
    stalledUntil = nil
  }

  func stop() {
    heal()
    current?.stop()
  }

  func reopen(losingPower: Bool, _ random: inout SeededRandom) -> String? {
    if let current { remains.append(current) }
    if losingPower || !disk.hasPower { disk.losePower(&random) } else { disk.endProcess() }
    // It may happen again at once, and the next process begins where this one was.
    while !isCalm, random.once(in: 4) {
      disk.changesUntilPowerFails = random.number(in: 1...30)
      if let opened = try? open(), disk.hasPower { remains.append(opened) }
      disk.losePower(&random)
    }
    heal()
    do throws(DiskError) {
      current = try open()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
