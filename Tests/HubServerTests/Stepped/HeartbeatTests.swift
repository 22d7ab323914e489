import HubIO
import HubTesting
import Testing

@testable import HubServer

/// Who is pinged, who is given up, and who is left in peace; on the simulation's clock.
@Suite struct HeartbeatTests {
  private struct Outcome: Sendable {
    var connections: Int
    var timeouts: UInt64
    var problems: [String]
  }

  /// One client of each kind is connected and subscribed; then `change`, and so much time goes by.
  private static func run(
    for time: Duration, _ change: @escaping @Sendable (SimulatedWebSocket, SimulatedEventStream) -> Void
  ) async -> Outcome {
    await BlockingThread.run {
      let hub = SteppedHub(seed: 1, reactors: 2, settings: Settings(machine: Machine(cores: 1, descriptors: 1000)))
      let webSocket = SimulatedWebSocket(name: "w")
      let eventStream = SimulatedEventStream(name: "s", rooms: ["a"])
      hub.stepped.participants += [webSocket, eventStream]
      webSocket.open(hub.connect(SimulatedLink.Conduct()))
      eventStream.open(hub.connect(SimulatedLink.Conduct()))
      var problems: [String] = []
      if !hub.stepped.run(limit: 50_000, until: { webSocket.isOpen && eventStream.isOpen }) {
        problems.append("not open")
      }
      change(webSocket, eventStream)
      _ = hub.stepped.run(for: time, limit: 50_000)
      let timeouts = hub.workers.reduce(0) { $0 + $1.statistics.heartbeatTimeouts }
      return Outcome(
        connections: hub.connections, timeouts: timeouts, problems: problems + webSocket.problems + eventStream.problems
      )
    }
  }

  @Test func `who answers stays, however long nothing happens`() async {
    let outcome = await Self.run(for: .seconds(600)) { _, _ in }
    #expect(outcome.connections == 2 && outcome.timeouts == 0 && outcome.problems.isEmpty, "\(outcome)")
  }

  @Test func `a WebSocket that vanished is given up after a ping and a pong, and not before`() async {
    let before = await Self.run(for: .seconds(33)) { webSocket, _ in webSocket.link?.isHalfOpen = true }
    #expect(before.connections == 2 && before.timeouts == 0, "\(before)")
    let after = await Self.run(for: .seconds(45)) { webSocket, _ in webSocket.link?.isHalfOpen = true }
    #expect(after.connections == 1 && after.timeouts == 1, "\(after)")
  }

  @Test func `an event stream that vanished is given up too`() async {
    let outcome = await Self.run(for: .seconds(80)) { _, eventStream in eventStream.link?.isHalfOpen = true }
    #expect(outcome.connections == 1 && outcome.timeouts == 1, "\(outcome)")
  }

  @Test func `a client that is quiet but acknowledges what it is sent is alive`() async {
    let outcome = await Self.run(for: .seconds(600)) { webSocket, _ in webSocket.answersPings = false }
    #expect(outcome.connections == 2 && outcome.timeouts == 0, "\(outcome)")
  }
}
