import HubWire

/// The events that a room keeps, bounded by count, age and bytes; the oldest go first.
///
/// Offsets have no hole: the event at offset `n` stands `n - oldest` places from the front.
package struct History {
  private var events = Queue<Event>()
  /// What keeping the events costs, in bytes.
  package private(set) var cost = 0
  /// The offset of the newest event that there ever was; 0 before the first.
  package private(set) var newest: UInt64

  package init(newest: UInt64) {
    self.newest = newest
  }

  package var count: Int { events.count }
  package var isEmpty: Bool { events.isEmpty }
  /// The first offset that is kept; one past the newest where nothing is.
  package var oldest: UInt64 { newest + 1 - UInt64(events.count) }
  package var oldestTime: Int64? { events.first?.time }

  /// Keeps the next event, within what the rules allow.
  package mutating func append(_ event: Event, rules: RoomRules) {
    precondition(event.offset == newest + 1, "offset \(event.offset) does not follow \(newest)")
    newest = event.offset
    events.append(event)
    cost += event.cost
    trim(rules)
    expire(at: event.time, rules: rules)
  }

  /// Drops what is too much.
  package mutating func trim(_ rules: RoomRules) {
    let (limit, kept) = (rules.history, rules.keepsLast ? 1 : 0)
    while events.count > limit.events || cost > limit.bytes, events.count > kept { removeOldest() }
  }

  /// Drops what is too old at `time` (milliseconds since 1970).
  package mutating func expire(at time: Int64, rules: RoomRules) {
    while let oldest = events.first {
      let isKept = rules.keepsLast && events.count == 1
      guard time - oldest.time > (isKept ? max(rules.history.age, rules.lastAge) : rules.history.age) else { return }
      removeOldest()
    }
  }

  /// Drops the oldest events until `bytes` are freed or none is left.
  package mutating func free(bytes: Int) {
    let target = cost - bytes
    while cost > target, !events.isEmpty { removeOldest() }
  }

  private mutating func removeOldest() {
    guard let oldest = events.first else { return }
    cost -= oldest.cost
    events.removeFirst()
  }

  /// The events after `offset`, as many as fit the limit, and at least one where there is one.
  package func events(after offset: UInt64, limit: ReadLimit) -> [Event] {
    guard offset < newest, offset + 1 >= oldest else { return [] }
    var index = Int(offset + 1 - oldest)
    var result: [Event] = []
    var bytes = 0
    while index < events.count, result.count < limit.events {
      let event = events[index]
      bytes += event.frame.bytes.count
      if bytes > limit.bytes, !result.isEmpty { break }
      result.append(event)
      index += 1
    }
    return result
  }
}

/// What a room keeps at most.
package struct HistoryLimit: Sendable, Equatable {
  package var events: Int
  /// In milliseconds.
  package var age: Int64
  package var bytes: Int

  package init(events: Int = 1000, age: Int64 = 300_000, bytes: Int = 16 << 20) {
    self.events = events
    self.age = age
    self.bytes = bytes
  }
}

/// How much one read gives at most.
package struct ReadLimit: Sendable {
  package var events: Int
  package var bytes: Int

  package init(events: Int, bytes: Int) {
    self.events = events
    self.bytes = bytes
  }
}
