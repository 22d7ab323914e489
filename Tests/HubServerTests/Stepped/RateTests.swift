import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// A client that is too fast loses messages, and is closed only when it stays too fast; on the simulation's
/// clock.
@Suite struct RateTests {
  private struct Outcome: Sendable {
    var isOpen = false
    var closeCode: UInt16?
    var pongs = 0
    var errors: [String] = []
    var refused: UInt64 = 0
    var problems: [String] = []
  }

  /// A client that sends `count` pings in each of `seconds` seconds, at a hub that takes two a second.
  private static func run(seed: UInt64, count: Int, seconds: Int, settings: Settings) async -> Outcome {
    await BlockingThread.run {
      let hub = SteppedHub(seed: seed, reactors: 2, settings: settings)
      let client = SimulatedWebSocket(name: "w")
      hub.stepped.participants.append(client)
      client.open(hub.connect(SimulatedLink.Conduct()))
      var outcome = Outcome()
      if !hub.stepped.run(limit: 50_000, until: { client.isOpen }) { outcome.problems.append("not open") }
      for second in 0..<seconds {
        for number in 0..<count { client.say(.ping(id: RequestID(second * count + number))) }
        let expected = (second + 1) * count
        let settled = hub.stepped.run(limit: 50_000) {
          client.closeCode != nil || client.pongs + client.errors.count == expected
        }
        if !settled { outcome.problems.append("\(client.pongs) pongs and \(client.errors) after \(expected) pings") }
        hub.stepped.clock.advance(by: .seconds(1))
      }
      outcome.isOpen = client.isOpen
      outcome.closeCode = client.closeCode
      outcome.pongs = client.pongs
      outcome.errors = client.errors
      outcome.refused = hub.workers.reduce(0) { $0 + $1.statistics.refused[.messages] }
      outcome.problems += client.problems
      return outcome
    }
  }

  private static var two: Settings {
    var settings = Settings(machine: Machine(cores: 1, descriptors: 1000))
    settings.limits.messages = 2
    return settings
  }

  @Test(arguments: Seeds.run(10))
  func `within the rate a client is never told anything`(seed: UInt64) async {
    let outcome = await Self.run(seed: seed, count: 2, seconds: 10, settings: Self.two)
    #expect(outcome.isOpen && outcome.pongs == 20 && outcome.errors.isEmpty && outcome.problems.isEmpty, "\(outcome)")
  }

  @Test(arguments: Seeds.run(10))
  func `what is too fast is dropped, and each told, for four seconds`(seed: UInt64) async {
    let outcome = await Self.run(seed: seed, count: 5, seconds: 4, settings: Self.two)
    #expect(outcome.isOpen && outcome.pongs == 8, "\(outcome)")
    #expect(outcome.errors == Array(repeating: "RATE_LIMITED", count: 12) && outcome.refused == 12, "\(outcome)")
    #expect(outcome.problems.isEmpty, "\(outcome)")
  }

  @Test(arguments: Seeds.run(10))
  func `in the fifth second running the client is closed`(seed: UInt64) async {
    let outcome = await Self.run(seed: seed, count: 5, seconds: 5, settings: Self.two)
    #expect(outcome.closeCode == 4129 && outcome.pongs == 10 && outcome.refused == 13, "\(outcome)")
    #expect(outcome.errors.count == 13 && outcome.problems.isEmpty, "\(outcome)")
  }

  @Test func `without a rate nothing is dropped`() async {
    let settings = Settings(machine: Machine(cores: 1, descriptors: 1000))
    let outcome = await Self.run(seed: 1, count: 100, seconds: 6, settings: settings)
    #expect(outcome.isOpen && outcome.pongs == 600 && outcome.errors.isEmpty && outcome.refused == 0, "\(outcome)")
  }
}
