/// The streams of one worker, by their user: those without a user are not in it and cost nothing.
struct UserIndex {
  /// Most users have one stream here, which needs no table of its own.
  private enum Streams {
    case one(Connection)
    case many([ObjectIdentifier: Connection])
  }

  private var streams: [String: Streams] = [:]

  /// How many users there are.
  var count: Int { streams.count }

  mutating func add(_ connection: Connection, of user: String) {
    switch streams.removeValue(forKey: user) {
    case nil: streams[user] = .one(connection)
    case .one(let other):
      streams[user] = .many([ObjectIdentifier(other): other, ObjectIdentifier(connection): connection])
    case .many(var all):
      all[ObjectIdentifier(connection)] = connection
      streams[user] = .many(all)
    }
  }

  mutating func remove(_ connection: Connection, of user: String) {
    switch streams.removeValue(forKey: user) {
    case nil: break
    case .one(let other): if other !== connection { streams[user] = .one(other) }
    case .many(var all):
      all[ObjectIdentifier(connection)] = nil
      if !all.isEmpty { streams[user] = .many(all) }
    }
  }

  /// In no order.
  func streams(of user: String) -> [Connection] {
    switch streams[user] {
    case nil: []
    case .one(let connection): [connection]
    case .many(let all): Array(all.values)
    }
  }
}
