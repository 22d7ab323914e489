/// What a benchmark is to do: which cases, how often, how hard. A pure value.
package struct BenchPlan: Sendable {
  package private(set) var cases = BenchCase.all
  package private(set) var runs = 3
  package private(set) var size = BenchCase.Size()

  package static let mostRuns = 100
  package static let mostSubscribers = 100_000
  /// Seconds of one run.
  package static let longest = 3600.0
  /// Descriptors left to the process for everything else.
  private static let spare = 36

  /// What a command line asks for; what it does not name stays as it is.
  package struct Wishes: Sendable {
    package var cases: String?
    package var runs: String?
    package var seconds: String?
    package var subscribers: String?
    package var isQuick = false

    package init() {}
  }

  /// - Throws: all that is wrong with the wishes.
  package init(_ wishes: Wishes) throws(BenchPlanError) {
    var problems: [String] = []
    if wishes.isQuick { (runs, size) = (1, .quick) }
    if let text = wishes.cases {
      cases = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        if let named = BenchCase.named(name) {
          if !cases.contains(where: { $0.name == named.name }) { cases.append(named) }
        } else {
          let names = BenchCase.all.map(\.name).joined(separator: ", ")
          problems.append("--cases: \"\(name)\" is no case; choose from \(names)")
        }
      }
    }
    if let text = wishes.runs {
      if let number = Int(text), (1...Self.mostRuns).contains(number) {
        runs = number
      } else {
        problems.append("--runs \"\(text)\" is not a number from 1 to \(Self.mostRuns)")
      }
    }
    if let text = wishes.seconds {
      if let number = Double(text), (0.1...Self.longest).contains(number) {
        size.seconds = number
        size.hold = number / 2
      } else {
        problems.append("--seconds \"\(text)\" is not a number from 0.1 to \(Self.longest.fixed(0))")
      }
    }
    if let text = wishes.subscribers {
      if let number = Int(text), (1...Self.mostSubscribers).contains(number) {
        size.subscribers = number
        size.idle = min(size.idle, 10 * number)
      } else {
        problems.append("--subscribers \"\(text)\" is not a number from 1 to \(Self.mostSubscribers)")
      }
    }
    guard problems.isEmpty else { throw BenchPlanError(problems: problems) }
  }

  /// Makes `connect` as large as the limit of open files allows.
  ///
  /// - Returns: what to tell about it; nil where all can be opened as planned.
  /// - Throws: where the limit is too low for another case, with what mends it.
  package mutating func fit(descriptors limit: Int) throws(BenchPlanError) -> String? {
    for benchCase in cases where benchCase.name != "connect" {
      let needed = options(of: benchCase).descriptors + Self.spare
      if needed > limit {
        throw BenchPlanError(problems: [
          "\(benchCase.name) needs \(needed) open files, and the hard limit is \(limit): raise it (ulimit -Hn \(needed), "
            + "LimitNOFILE= of systemd, docker run --ulimit nofile=\(needed)), or take fewer with --subscribers N"
        ])
      }
    }
    guard let connect = cases.first(where: { $0.name == "connect" }) else { return nil }
    let needed = options(of: connect).descriptors + Self.spare
    guard needed > limit else { return nil }
    let wanted = size.idle
    size.idle = max(1, wanted - (needed - limit))
    return "connect opens \(size.idle) connections instead of \(wanted): the hard limit of open files is \(limit)"
  }

  private func options(of benchCase: BenchCase) -> LoadOptions {
    benchCase.options(LoadOptions(mode: .connect), size, rooms: "")
  }

  /// Whether somebody is to be let in to read.
  package var hasSubscribers: Bool { cases.contains { options(of: $0).subscribers > 0 } }

  /// The most connections that stand at once.
  private var connections: Int {
    cases.map { options(of: $0) }.map { $0.subscribers + $0.publishConnections }.max() ?? 0
  }

  /// Of all runs, but for connecting.
  private var seconds: Double { Double(runs) * cases.reduce(0) { $0 + $1.duration(size) } }

  /// What will be done to a hub, for whoever has to answer for it.
  package func notice(hub: String, rooms prefix: String, isHere: Bool) -> String {
    let publishing = cases.map { options(of: $0) }.filter { $0.publishConnections > 0 }
    let publishes = !publishing.isEmpty
    var text = "up to \(connections) connections to \(hub), \(isHere ? "" : "which is not on this machine, ")"
    if publishes {
      let isPaced = publishing.allSatisfy { $0.mode == .latency }
      let pace = isPaced ? "\(BenchCase.rate.fixed(0)) messages a second" : "as fast as it takes events"
      text += "publishing \(pace) into rooms \(prefix)…, "
    }
    text += "for about \(max(1, seconds).fixed(0)) s"
    return text + (publishes ? "; what was published stays until the hub's history lets go of it" : "")
  }
}

/// What is wrong with the wishes for a benchmark, each with its mend.
package struct BenchPlanError: Error {
  package let problems: [String]
}
