package import HubIO
package import HubRooms

/// Where Redis is, and how the engine uses it.
package struct RedisOptions: Sendable {
  /// How rooms are spread over several servers.
  package enum Layout: Sendable, Equatable {
    /// Each address is a server of its own: a room lives on one of them, by its name.
    case shards
    /// The addresses are some of the nodes of a Redis Cluster, which tells where each room lives.
    case cluster
    /// The addresses are Sentinels, which tell where the master of this name is.
    case sentinel(master: String)
  }

  package var addresses: [RedisEndpoint]
  package var layout = Layout.shards
  /// The database of a server that has several.
  package var database = 0
  /// Who the hub says it is, to those servers and to all others; nil where none is asked.
  package var logins: [RedisEndpoint: Login] = [:]
  package var login: Login?
  /// What connections are encrypted with; nil where they are plain.
  package var tls: TLSClientContext?
  /// What the names of all keys and channels begin with.
  package var prefix = "roomcast"
  /// What a room keeps where its rules do not say.
  package var history = HistoryLimit(events: 10_000, age: 86_400_000, bytes: 64 << 20)
  /// In which Redis must answer.
  package var time = Duration.seconds(3)
  /// What waits for answers at most, on one connection.
  package var queueEvents = 16_384
  package var queueBytes = 64 << 20
  /// A node that has not said for so long that it is there, is gone.
  package var lease = Duration.seconds(10)
  package var fallback = Fallback.refuse
  /// Where events wait; what is in it is sent on whatever the fallback is.
  package var journal: (any FallbackJournal)?
  package var remember = Duration.seconds(86_400)
  package var idempotency = Duration.seconds(300)

  package init(addresses: [RedisEndpoint]) {
    self.addresses = addresses
  }

  /// A user and a password.
  package struct Login: Sendable {
    let user: String
    let password: String

    /// - Parameter user: nil for the one that Redis has by itself.
    package init(user: String?, password: String) {
      self.user = user ?? "default"
      self.password = password
    }
  }

  /// What the names of this hub's keys and channels begin with. Channels know no databases, so that the number is in it.
  var names: String { database == 0 ? prefix : "\(prefix):\(database)" }

  func login(at endpoint: RedisEndpoint) -> Login? { logins[endpoint] ?? login }

  /// What becomes of an event while Redis is away.
  package enum Fallback: Sendable {
    case refuse
    /// It waits in the journal.
    case journal
    /// This node's subscribers get it.
    case local
  }
}

/// A server's host and port.
package struct RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
  package let host: String
  package let port: UInt16

  package init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
