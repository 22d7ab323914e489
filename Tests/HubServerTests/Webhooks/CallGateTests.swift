import HubIO
import HubTesting
import Testing

@testable import HubServer

@Suite struct CallGateTests {
  /// What callers did, in order.
  private final class Tale: @unchecked Sendable {
    var entered: [Int] = []
    var refused: [Int] = []
    /// How many were under way, at the most.
    var most = 0
  }

  /// Calls that come in order and each take so long.
  private static func calls(
    _ count: Int, limit: Int, waiting: Int, patience: Duration, each: Duration
  ) -> (tale: Tale, underWay: Int, waiting: Int) {
    let stepped = SteppedReactors(count: 1, seed: 1)
    stepped.reactors[0].pickJob = nil
    let tale = Tale()
    let gate = stepped.on(0) { reactor in
      let gate = CallGate(reactor: reactor, limit: limit, maximumWaiting: waiting)
      for number in 0..<count {
        Task.immediate(executorPreference: reactor) {
          guard await gate.enter(until: reactor.now + patience) else { return tale.refused.append(number) }
          tale.entered.append(number)
          tale.most = max(tale.most, gate.underWay)
          await reactor.sleep(for: each)
          gate.leave()
        }
      }
      return gate
    }
    _ = stepped.run(for: .seconds(1_000), limit: 100_000)
    return (tale, gate.underWay, gate.waiting)
  }

  @Test func `calls have their turn in their order, so many at once`() async {
    let (tale, underWay, waiting) = await BlockingThread.run {
      Self.calls(10, limit: 3, waiting: 100, patience: .seconds(100), each: .seconds(1))
    }
    #expect(tale.entered == Array(0..<10) && tale.refused.isEmpty && tale.most == 3)
    #expect(underWay == 0 && waiting == 0)
  }

  @Test func `those who are too many wait no time`() async {
    let (tale, _, _) = await BlockingThread.run {
      Self.calls(10, limit: 2, waiting: 3, patience: .seconds(100), each: .seconds(1))
    }
    #expect(tale.entered == Array(0..<5) && tale.refused == Array(5..<10))
  }

  @Test func `whose time is over goes, and takes nobody's place`() async {
    let (tale, underWay, waiting) = await BlockingThread.run {
      Self.calls(6, limit: 2, waiting: 10, patience: .milliseconds(1_500), each: .seconds(1))
    }
    #expect(tale.entered == [0, 1, 2, 3] && tale.refused == [4, 5])
    #expect(underWay == 0 && waiting == 0)
  }
}
