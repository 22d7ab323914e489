import Glibc

/// Which seeds a seeded test runs: `ROOMCAST_SEED=n` for that one alone, `ROOMCAST_SEEDS=n` for so many from 1 on.
package enum Seeds {
  package static func run(_ usual: Int) -> [UInt64] {
    if let text = variable("ROOMCAST_SEED"), let seed = UInt64(text) { return [seed] }
    let count = variable("ROOMCAST_SEEDS").flatMap { Int($0) } ?? usual
    return (0..<max(1, count)).map { UInt64($0 + 1) }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
