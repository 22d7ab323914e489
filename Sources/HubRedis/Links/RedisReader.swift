import HubIO
import HubWire

/// What comes over one connection to Redis, value by value. Touched on the reactor's thread only.
struct RedisReader {
  let wire: Wire
  private var parser = RESPParser()

  init(wire: Wire) {
    self.wire = wire
  }

  /// The next value that has come; nil where nothing more has.
  mutating func next() throws(RedisFailure) -> RESPValue? {
    do throws(RESPError) {
      return try parser.next()
    } catch {
      throw .lost("\(error)")
    }
  }

  /// Returns when more has come; false at the end of the connection.
  mutating func waitForMore(from name: String) async throws(RedisFailure) -> Bool {
    while true {
      let received = wire.receive { parser.receive($0) }
      switch received {
      case .result: return true
      case .nothing: await wire.channel.waitReadable()
      case .end:
        if let problem = wire.channel.tls?.failure { throw .away(problem) }
        return false
      }
    }
  }

  /// One answer, while nothing else is under way.
  mutating func reply(from name: String) async throws(RedisFailure) -> RESPValue {
    while true {
      if let value = try next() { return value }
      guard try await waitForMore(from: name) else {
        throw .away(wire.fellSilent ? "Redis at \(name) does not answer" : "Redis at \(name) has ended the connection")
      }
    }
  }
}
