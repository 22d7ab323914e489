private import Glibc

/// A Redis Cluster of its own for tests, on this machine alone: three masters. Gone with this value, as each
/// ``RedisServer`` is.
package final class RedisClusterServers: Sendable {
  package let servers: [RedisServer]

  /// Longer than a busy machine lets a server wait, which the others would take for dead.
  private static let nodeTimeout = "30000"
  /// How long it may take until all agree, in seconds.
  private static let patience = 60

  /// Returns once every server serves.
  package init() throws {
    servers = try (0..<3).map { _ in
      try RedisServer(["--cluster-enabled", "yes", "--cluster-node-timeout", Self.nodeTimeout])
    }
    let places = servers.map { "127.0.0.1:\($0.port)" }
    try Self.run("redis-cli --cluster create \(places.joined(separator: " ")) --cluster-yes")
    for server in servers {
      let isServing = "redis-cli -p \(server.port) cluster info | grep -q cluster_state:ok"
      try Self.run("timeout \(Self.patience) sh -c 'until \(isServing); do sleep 0.05; done'")
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
