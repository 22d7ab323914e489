import HubIO
import HubRedis
import HubRooms
import HubServer

extension RedisOptions {
  /// - Parameter journal: where events wait while Redis is away, with that fallback, and may wait from before with another.
  /// - Throws: ``TLSError`` and ``AuthenticatorError`` where a file cannot be used.
  init(_ settings: Settings, journal: (any FallbackJournal)?) throws {
    let redis = settings.redis
    let servers = try settings.redisServers()
    self.init(addresses: servers.map { RedisEndpoint(host: $0.host, port: UInt16($0.port)) })
    if redis.cluster {
      layout = .cluster
    } else if let master = redis.sentinel {
      layout = .sentinel(master: master)
    }
    database = servers.first?.database ?? 0
    for (endpoint, server) in zip(addresses, servers) {
      guard let password = server.password else { continue }
      logins[endpoint] = Login(user: server.user, password: password.revealed)
    }
    // Whom a cluster or a Sentinel tells of asks for the same as those that were named. Shards are all named, and one's
    // password is nothing for another.
    if layout != .shards { login = addresses.first.flatMap { logins[$0] } }
    if servers.contains(where: \.isEncrypted) { tls = try TLSClientContext(authorities: redis.authorities) }
    prefix = redis.prefix
    history = HistoryLimit(events: redis.room.events, age: redis.room.age.milliseconds, bytes: redis.room.bytes)
    time = redis.time
    queueEvents = redis.queue.events
    queueBytes = redis.queue.bytes
    lease = redis.lease
    switch redis.fallback {
    case .refuse: fallback = .refuse
    case .local: fallback = .local
    case .journal: fallback = .journal
    }
    self.journal = journal
    remember = settings.remember.time
    idempotency = settings.idempotency.time
  }
}
