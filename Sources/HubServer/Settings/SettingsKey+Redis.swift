extension SettingsKey {
  /// What the engine `redis:` does.
  static let redis: [SettingsKey] = [
    SettingsKey("redis.prefix", \.redis.prefix, .redisPrefix, "what names of keys and channels in Redis begin with"),
    SettingsKey("redis.user", \.redis.user, .redisUser, "user of Redis, where the address names none"),
    SettingsKey("redis.passwordFile", \.redis.passwordFile, .file, "file that holds the password of Redis"),
    SettingsKey(
      "redis.authorities", \.redis.authorities, .file, "authorities of rediss: in PEM form; none: the system's"),
    SettingsKey("redis.cluster", \.redis.cluster, .flag, "the addresses are of a Redis Cluster"),
    SettingsKey(
      "redis.sentinel", \.redis.sentinel, .redisMaster, "name of the master; the addresses are those of Sentinels"),
    SettingsKey("redis.room.events", \.redis.room.events, .count(1...100_000_000), "most events a room keeps in Redis"),
    SettingsKey(
      "redis.room.age", \.redis.room.age, .duration(.seconds(1) ... .seconds(3_650 * 86_400)),
      "longest a room keeps an event in Redis"),
    SettingsKey(
      "redis.room.bytes", \.redis.room.bytes, .size(1 << 10...1 << 40), "most bytes a room keeps in Redis"),
    SettingsKey(
      "redis.time", \.redis.time, .duration(.milliseconds(100) ... .seconds(60)), "time in which Redis must answer"),
    SettingsKey(
      "redis.queue.events", \.redis.queue.events, .count(1...1_000_000),
      "most commands that wait for Redis, on each connection"),
    SettingsKey(
      "redis.queue.bytes", \.redis.queue.bytes, .size(1 << 10...1 << 30), "most bytes of them"),
    SettingsKey(
      "redis.lease", \.redis.lease, .duration(.seconds(2) ... .seconds(3_600)), "time until a silent node is gone"),
    SettingsKey(
      "redis.fallback", \.redis.fallback, .names(of: RedisFallback.self),
      "publishes while Redis is away: refuse, journal, local"),
    SettingsKey(
      "redis.journal.directory", \.redis.journal.directory, .directory,
      "where events wait, with the fallback journal; those that wait there are sent on with any"),
    SettingsKey(
      "redis.journal.events", \.redis.journal.events, .count(1...100_000_000), "most events waiting in the journal"),
    SettingsKey(
      "redis.journal.bytes", \.redis.journal.bytes, .size(1 << 10...1 << 40), "most bytes waiting in the journal"),
  ]
}
