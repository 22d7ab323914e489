import HubIO
import HubRooms
import HubWire

/// Finds what holds for a room by its namespace. Of the entries that cover a namespace the most exact counts: its own
/// name before a pattern, a longer pattern before a shorter one.
///
/// One object for a policy, which every grant holds a reference to.
package final class NamespaceBook: Sendable {
  /// As the settings have them.
  let entries: [NamespaceSettings]
  private let exact: [String: NamespaceSettings]
  /// The longest first.
  private let patterns: [NamespaceSettings]
  /// What all rooms keep in memory, and what the engine keeps of each, where it does.
  private let history: HistoryLimit
  private let stored: HistoryLimit?
  private let lastAge: Int64
  /// Whether any entry lets anyone read.
  private let hasAnonymous: Bool
  /// Whether any entry says who may publish.
  private let hasRights: Bool
  /// Whether any entry says what data must look like.
  private let hasSchemas: Bool
  /// What holds where no entry covers the namespace.
  private let fallback = NamespaceSettings(name: .all)

  init(_ settings: Settings) {
    entries = settings.namespaces
    exact = Dictionary(
      entries.filter { !$0.name.isPrefix }.map { ($0.name.text, $0) }, uniquingKeysWith: { first, _ in first })
    patterns = entries.filter(\.name.isPrefix).sorted { $0.name.text.utf8.count > $1.name.text.utf8.count }
    hasAnonymous = entries.contains(where: \.anonymous)
    hasRights = entries.contains { $0.publish != .granted }
    hasSchemas = entries.contains { !$0.schemas.isEmpty }
    let (room, disk, redis) = (settings.history.room, settings.disk.room, settings.redis.room)
    history = HistoryLimit(events: room.events, age: room.age.milliseconds, bytes: room.bytes)
    stored =
      switch settings.engine {
      case .memory: nil
      case .disk: HistoryLimit(events: disk.events, age: disk.age.milliseconds, bytes: disk.bytes)
      case .redis: HistoryLimit(events: redis.events, age: redis.age.milliseconds, bytes: redis.bytes)
      }
    lastAge = settings.remember.time.milliseconds
  }

  /// Nothing but what rooms keep: no namespace has an entry.
  static let none = NamespaceBook(Settings())

  /// Whether it says the same of every room as far as people are concerned.
  func isSame(as other: NamespaceBook) -> Bool { entries == other.entries }

  /// The entry for a room, or the defaults.
  func settings(for room: RoomName) -> NamespaceSettings {
    if entries.isEmpty { return fallback }
    let namespace = room.namespace
    return exact[String(namespace)] ?? patterns.first { $0.name.matches(namespace) } ?? fallback
  }

  /// Whether anyone may read the room.
  func isAnonymous(_ room: RoomName) -> Bool { hasAnonymous && settings(for: room).anonymous }

  /// Who may publish into the room.
  func publishRight(_ room: RoomName) -> PublishRight { hasRights ? settings(for: room).publish : .granted }

  /// Whether the data of an event is what its room's namespace says it must be.
  ///
  /// - Throws: `INVALID_EVENT`, with the path of the first field that does not fit.
  func check(_ event: NewEvent, in room: RoomName) throws(HubError) {
    if hasSchemas { try settings(for: room).check(event, in: room) }
  }

  /// What holds for the room as far as rooms and engines need it.
  func rules(for room: RoomName) -> RoomRules {
    let settings = settings(for: room)
    var rules = RoomRules(history: settings.history.applied(to: history))
    if let stored {
      // The engine keeps what the namespace says, and memory no more than its own bounds.
      rules.stored = settings.history.applied(to: stored)
      rules.history = HistoryLimit(
        events: min(rules.history.events, history.events), age: min(rules.history.age, history.age),
        bytes: min(rules.history.bytes, history.bytes))
    }
    rules.hasPresence = settings.presence
    rules.slow = settings.slow
    rules.keepsLast = settings.lastValue
    rules.lastAge = lastAge
    rules.isEphemeral = settings.ephemeral
    rules.isWatched = settings.webhooks != nil
    return rules
  }
}

extension NamespaceHistorySettings {
  /// The same with what the namespace says in place.
  fileprivate func applied(to limit: HistoryLimit) -> HistoryLimit {
    HistoryLimit(
      events: events ?? limit.events, age: age?.milliseconds ?? limit.age, bytes: bytes ?? limit.bytes)
  }
}
