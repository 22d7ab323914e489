import HubIO
import HubRooms
import HubTesting
import HubWire

@testable import HubServer

/// Events are in a store that several hubs share.
final class SharedStormStore: StormStore {
  let shared: SharedStore
  private(set) var engines: [SharedEngine]
  private let loses: Bool
  private var started: Int

  var engine: any Engine { engines[0] }
  var others: [any Engine] { Array(engines.dropFirst()) }
  /// Nodes that end in good order are no matter of the store: each has its own end, and the others go on.
  var lasts: Bool { false }
  var isBroken: Bool { false }
  var faults: Int { shared.faults }

  /// - Parameter loses: whether the store loses events, too; else only ways to it are cut.
  init(nodes: Int, loses: Bool, kept: Int, clock: SimulatedClock) {
    let shared = SharedStore(clock: clock, kept: kept)
    self.shared = shared
    self.loses = loses
    engines = (0..<nodes).map { shared.engine(of: "n\($0)") }
    started = nodes
  }

  func step(_ random: inout SeededRandom) -> Bool { shared.step(&random) }

  func disturb(_ random: inout SeededRandom) {
    if loses, random.once(in: 3) { shared.lose(&random) } else { shared.cut(&random) }
  }

  func calm() { shared.mend() }
  func stop() {}
  func reopen(losingPower: Bool, _ random: inout SeededRandom) -> String? { nil }

  /// The node's process has ended, and another takes its place under another name.
  func replace(_ node: Int, _ random: inout SeededRandom) -> any Engine {
    shared.kill(engines[node], &random)
    engines[node] = shared.engine(of: "n\(started)")
    started += 1
    return engines[node]
  }
}
