import HubRooms
import HubWire

/// What is told of a stream to those who manage the hub.
struct StreamSummary: Sendable {
  enum Kind: String, CaseIterable {
    case webSocket = "websocket"
    case eventStream = "sse"
  }

  let id: ConnectionID
  let kind: Kind
  /// Whom its token names.
  let user: String?
  let address: IPAddress
  /// How many rooms it is subscribed to.
  let subscriptions: Int
}

/// Which streams are asked for: a page of them, by their ids.
struct StreamQuery: Sendable {
  var user: String?
  var room: RoomName?
  /// Only those that come after it.
  var after: ConnectionID?
  /// One more than this is looked for, to know whether there are more.
  var limit: Int
}

/// The first streams of a page, by their ids, out of all that are shown to it. A pure value.
struct StreamPage: Sendable {
  let query: StreamQuery
  private(set) var streams: [StreamSummary] = []

  init(_ query: StreamQuery) {
    self.query = query
  }

  /// Takes a stream into the page, unless it belongs to another. One that is shown twice stands there once.
  mutating func note(_ stream: StreamSummary) {
    if let after = query.after, stream.id <= after { return }
    if streams.count > query.limit, let last = streams.last, last.id < stream.id { return }
    var (low, high) = (0, streams.count)
    while low < high {
      let middle = (low + high) / 2
      if streams[middle].id < stream.id { low = middle + 1 } else { high = middle }
    }
    if low < streams.count, streams[low].id == stream.id { return }
    streams.insert(stream, at: low)
    if streams.count > query.limit + 1 { streams.removeLast() }
  }

  /// The page itself.
  var page: ArraySlice<StreamSummary> { streams.prefix(query.limit) }
  /// Where the next page begins; nil where there is none.
  var next: ConnectionID? { streams.count > query.limit ? page.last?.id : nil }
}
