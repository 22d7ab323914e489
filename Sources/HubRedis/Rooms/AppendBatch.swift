import HubIO
import HubRooms
import HubWire

/// Events of one room that go to Redis in one call of the script, and who waits for their answers.
struct AppendBatch {
  /// What one caller has handed in.
  struct Item {
    let events: [NewAppend]
    /// Sent on from the journal: its keys must count for longer than what publishers are promised.
    let isFromJournal: Bool
    let continuation: UnsafeContinuation<[Result<Appended, AppendFailure>], Never>
  }

  private(set) var items: [Item] = []
  private(set) var count = 0
  private(set) var bytes = 0
  private(set) var isFromJournal = false

  /// Past so much it goes: while the script runs, Redis does nothing else. What one caller has handed in stays together.
  private static let most = (events: 128, bytes: 512 << 10)

  var isFull: Bool { count >= Self.most.events || bytes >= Self.most.bytes }

  mutating func add(_ item: Item) {
    items.append(item)
    isFromJournal = isFromJournal || item.isFromJournal
    count += item.events.count
    bytes += item.events.reduce(0) { $0 + $1.event.data.byteCount }
  }

  var events: [NewAppend] { items.count == 1 ? items[0].events : items.flatMap(\.events) }

  /// Answers everybody, each with as many answers as events.
  func answer(_ answers: [Result<Appended, AppendFailure>]) {
    var index = 0
    for item in items {
      item.continuation.resume(returning: Array(answers[index..<(index + item.events.count)]))
      index += item.events.count
    }
  }
}

/// Why an event was not taken.
enum AppendFailure: Error {
  /// The event itself cannot be.
  case event(HubError)
  case redis(RedisFailure)

  var hubError: HubError {
    switch self {
    case .event(let error): error
    case .redis(let failure): failure.hubError
    }
  }
}
