import HubIO
import HubRooms
import HubTesting

@testable import HubServer

/// Where the events of a storm's hub are, and what becomes of them when the hub goes.
protocol StormStore: Participant {
  /// For the hub that runs now.
  var engine: any Engine { get }
  /// What it keeps is there for the next hub too.
  var lasts: Bool { get }
  /// The hub's process cannot go on, and must be started again.
  var isBroken: Bool { get }
  /// Failures of this store that were brought about.
  var faults: Int { get }

  /// Something goes wrong, by chance.
  func disturb(_ random: inout SeededRandom)
  /// Whatever is wrong ends; nothing more goes wrong by itself.
  func calm()
  /// The hub has drained: what waits is finished.
  func stop()
  /// The hub's process has ended: what it left is opened again for the next.
  /// - Parameter losingPower: the machine too.
  /// - Returns: why that cannot be done; nil where it can.
  func reopen(losingPower: Bool, _ random: inout SeededRandom) -> String?
}

/// Events are gone with the hub.
final class MemoryStore: StormStore {
  private let settings: Settings
  private let names = EpochNames()
  private(set) var engine: any Engine
  var lasts: Bool { false }
  var isBroken: Bool { false }
  var faults: Int { 0 }

  init(_ settings: Settings) {
    self.settings = settings
    engine = MemoryEngine(settings, makeEpoch: names.next)
  }

  func step(_ random: inout SeededRandom) -> Bool { false }
  func disturb(_ random: inout SeededRandom) {}
  func calm() {}
  func stop() {}

  func reopen(losingPower: Bool, _ random: inout SeededRandom) -> String? {
    engine = MemoryEngine(settings, makeEpoch: names.next)
    return nil
  }
}

/// Events are elsewhere: what reaches the engine stays, and answers come late or not at all.
final class ScriptedStore: StormStore {
  private let scripted: ScriptedEngine
  private(set) var faults = 0
  private var isCalm = false
  let lasts: Bool
  var engine: any Engine { scripted }
  var isBroken: Bool { false }

  /// - Parameter fails: whether calls are refused and answers lost; else they only come late.
  init(fails: Bool, seed: UInt64) {
    lasts = fails
    scripted = ScriptedEngine(
      limits: MemoryEngineLimits(idempotency: .seconds(86_400)), keepsEvents: fails)
    var random = SeededRandom(seed: seed)
    scripted.verdict = { [unowned self] _ in
      if fails, !isCalm, random.once(in: 4) {
        faults += 1
        return random.once(in: 2) ? .refuse : .lose
      }
      return random.once(in: 3) ? .now : .later
    }
    scripted.readVerdict = { [unowned self] in
      if !isCalm, random.once(in: 4) { return random.once(in: 2) ? .refuse : .lose }
      return random.once(in: 2) ? .now : .later
    }
    scripted.holdsOpen = { random.once(in: 2) }
  }

  func step(_ random: inout SeededRandom) -> Bool { scripted.step(&random) }
  func disturb(_ random: inout SeededRandom) {}
  func calm() { isCalm = true }
  func stop() {}
  func reopen(losingPower: Bool, _ random: inout SeededRandom) -> String? { nil }
}
