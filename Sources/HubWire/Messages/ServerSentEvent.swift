/// One event of an event stream, as a client gets it.
package struct ServerSentEvent: Sendable, Equatable {
  /// The last `id` that the stream gave, with this event or before it; empty where it gave none.
  package let id: String
  /// `message` where the stream named none.
  package let name: String
  /// The `data` lines, joined by line feeds.
  package let data: [UInt8]

  package init(id: String, name: String, data: [UInt8]) {
    self.id = id
    self.name = name
    self.data = data
  }
}
