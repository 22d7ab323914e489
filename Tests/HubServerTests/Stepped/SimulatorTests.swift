import Glibc
import HubIO
import HubTesting
import Testing

@testable import HubServer

/// What `scripts/simulate` runs: seeds by the environment, and one plan, all of them, or one a seed in turn. Each failure
/// is printed as one line that the script looks for. Without `ROOMCAST_SIMULATE` there is nothing to do.
@Suite struct SimulatorTests {
  /// `FROM-TO`, the seeds.
  private static let seeds: ClosedRange<UInt64>? = {
    guard let parts = variable("ROOMCAST_SIMULATE")?.split(separator: "-").compactMap({ UInt64($0) }),
      parts.count == 2, parts[0] <= parts[1]
    else { return nil }
    return parts[0]...parts[1]
  }()

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  @Test(.enabled(if: seeds != nil)) func `no seed breaks a promise`() async throws {
    let wanted = Self.variable("ROOMCAST_PLAN")
    let rotates = Self.variable("ROOMCAST_ROTATE") != nil
    let plans = StormPlan.all.filter { wanted == nil || $0.name == wanted }
    try #require(!plans.isEmpty, "no plan is called \(wanted ?? ""): \(StormPlan.all.map(\.name))")
    for seed in try #require(Self.seeds) {
      for (name, plan) in rotates ? [plans[Int(seed % UInt64(plans.count))]] : plans {
        let outcome = await Storm.run(plan, seed)
        if let first = outcome.problems.first {
          print("FAILED \(name) \(seed): \(first)")
          for problem in outcome.problems.dropFirst().prefix(10) { print("       \(problem)") }
          Issue.record("\(name) \(seed)")
        }
        if Self.variable("ROOMCAST_TRACE") != nil { print("TRACE \(name) \(outcome)") }
      }
    }
  }

  @Test func `seeds that ever failed hold`() async throws {
    for line in try Self.kept() {
      let parts = line.split(separator: " ", maxSplits: 2)
      let plan = try #require(parts.first.flatMap { StormPlan.named(String($0)) }, "\(line)")
      let seed = try #require(parts.dropFirst().first.flatMap { UInt64($0) }, "\(line)")
      let outcome = await Storm.run(plan, seed)
      #expect(outcome.problems.isEmpty, "\(line): \(outcome.problems.prefix(8).joined(separator: "\n"))")
    }
  }

  /// The lines of `Seeds.txt` beside this file: plan, seed, and what it once found.
  private static func kept() throws -> [Substring] {
    let path = #filePath.replacing("SimulatorTests.swift", with: "Seeds.txt")
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
  }
}
