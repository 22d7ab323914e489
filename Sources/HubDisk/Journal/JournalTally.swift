import HubRooms
import HubWire

/// How much a journal holds.
struct JournalTally: Equatable, Sendable {
  var events = 0
  var bytes = 0

  mutating func add(_ append: NewAppend) {
    events += 1
    bytes += append.entrySize
  }

  /// Why the event does not fit; nil where it does.
  func refusal(of append: NewAppend, _ limits: JournalLimits) -> HubError? {
    if events >= limits.events {
      return HubError(
        .engineUnavailable,
        "the journal holds \(events) events, the limit is \(limits.events) (`redis.journal.events`)")
    }
    if bytes + append.entrySize > limits.bytes {
      return HubError(
        .engineUnavailable,
        "the journal holds \(bytes) bytes and this event has \(append.entrySize), the limit is \(limits.bytes) "
          + "(`redis.journal.bytes`)")
    }
    return nil
  }
}

extension NewAppend {
  /// What an entry takes in a journal, about.
  var entrySize: Int {
    size + (key.map { $0.text.utf8.count + $0.principal.utf8.count + $0.digest.count } ?? 0)
  }
}
