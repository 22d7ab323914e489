import HubIO
import Testing

@testable import HubServer

@Suite struct AcquaintancesTests {
  private static let start = Moment(nanoseconds: 1_000_000_000_000)
  private var known = Acquaintances(of: "me")

  /// Who is asked, and answers but for the silent.
  private mutating func ask(
    _ nodes: Set<String>, renewals: Int = 0, returned: Set<String> = [], silent: Set<String> = [], after time: Duration
  ) -> Acquaintances.Round {
    let now = Self.start + time
    let round = known.next(nodes, renewals: renewals, returned: returned, at: now)
    known.note(round, silent: silent, at: now)
    return round
  }

  @Test mutating func `each is asked when it comes, and no more`() {
    #expect(ask(["me", "a"], after: .zero) == .init(nodes: ["a"]))
    #expect(ask(["me", "a"], after: .seconds(100)) == .init())
    #expect(ask(["me", "a", "b"], after: .seconds(101)) == .init(nodes: ["b"]))
    // One that has gone is new when it is back.
    #expect(ask(["me", "b"], after: .seconds(102)) == .init())
    #expect(ask(["me", "a", "b"], after: .seconds(103)) == .init(nodes: ["a"]))
  }

  @Test mutating func `all are asked again after something may have been missed, and told of it`() {
    _ = ask(["me", "a", "b"], after: .zero)
    #expect(
      ask(["me", "a", "b"], renewals: 1, silent: ["b"], after: .seconds(10)) == .init(nodes: ["a", "b"], isBack: true))
    // Whoever comes meanwhile has missed nothing.
    #expect(ask(["me", "a", "b", "c"], renewals: 1, after: .milliseconds(10_500)) == .init(nodes: ["c"]))
    #expect(ask(["me", "a", "b", "c"], renewals: 1, after: .seconds(12)) == .init(nodes: ["b"], isBack: true))
    #expect(ask(["me", "a", "b", "c"], renewals: 1, after: .seconds(100)) == .init())
  }

  @Test mutating func `one that was away is asked again, and not told that this node was`() {
    _ = ask(["me", "a", "b"], after: .zero)
    #expect(ask(["me", "a", "b"], returned: ["a", "x"], after: .seconds(10)) == .init(nodes: ["a"]))
    #expect(ask(["me", "a", "b"], after: .seconds(100)) == .init())
  }

  @Test mutating func `a way that is made anew all the time does not mean as many questions`() {
    var questions = 0
    for second in 0..<100 {
      questions += ask(["me", "a"], renewals: second, after: .seconds(second)).nodes.count
    }
    #expect(questions == 20)
  }

  @Test mutating func `who is silent is asked less and less often`() {
    var times: [Int] = []
    for second in 0..<300 where !ask(["me", "a"], silent: ["a"], after: .seconds(second)).nodes.isEmpty {
      times.append(second)
    }
    #expect(times == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243])
    // A new way to it is tried soon.
    _ = ask(["me", "a"], silent: ["a"], after: .seconds(303))
    #expect(ask(["me", "a"], renewals: 1, after: .seconds(304)) == .init())
    #expect(ask(["me", "a"], renewals: 1, after: .seconds(309)) == .init(nodes: ["a"], isBack: true))
  }

  @Test mutating func `not all of many are asked at once`() {
    let nodes = Set((0..<40).map { "node \($0)" })
    let rounds = (0..<5).map { ask(nodes, after: .seconds($0)).nodes }
    #expect(rounds.map(\.count) == [16, 16, 8, 0, 0])
    #expect(rounds.reduce(Set()) { $0.union($1) } == nodes)
  }
}
