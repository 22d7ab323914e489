private import Glibc

/// A Redis Cluster of its own for tests, on this machine alone: three masters. Gone with this value, as each
/// ``RedisServer`` is.
package final class RedisClusterServers: Sendable {
  package let servers: [RedisServer]

  /// How often it is looked whether all agree; each look takes Redis's own tool about a second where they do not.
  private static let looks = 60

  /// Returns once all slots are served.
  package init() throws {
    let options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]
    servers = try (0..<3).map { _ in try RedisServer(options) }
    let places = servers.map { "127.0.0.1:\($0.port)" }
    try Self.run("redis-cli --cluster create \(places.joined(separator: " ")) --cluster-yes")
    for look in 1... {
      do {
        for place in places { try Self.run("redis-cli --cluster check \(place)") }
        return
      } catch  where look < Self.looks {
        continue
      }
    }
  }

  private static func run(_ command: String) throws {
    guard let tool = popen(command + " >/dev/null 2>&1", "re") else { throw SystemFailure(command: command) }
    guard pclose(tool) == 0 else { throw SystemFailure(command: command) }
  }

  /// A command that has failed.
  struct SystemFailure: Error {
    let command: String
  }
}
