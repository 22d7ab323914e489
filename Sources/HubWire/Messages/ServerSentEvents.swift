/// Writes the event stream format (WHATWG HTML, section 9.2.5), each piece in one allocation.
///
/// Every piece ends with an empty line, so that pieces can follow each other in any order.
package enum ServerSentEvents {
  package static let mediaType = "text/event-stream"

  /// The names of the hub's own events begin with this, and the type of the frame follows.
  package static let controlPrefix = EventName.reservedPrefix

  /// - Parameters:
  ///   - id: where to resume; nil leaves the client's as it is.
  ///   - event: an ``EventName``, or one of the hub's own.
  ///   - data: JSON on one line.
  /// - Precondition: none of them holds a line break.
  package static func encode(id: String?, event: String, data: Span<UInt8>) -> [UInt8] {
    assert(isOneLine(data) && isOneLine(event.utf8.span) && isOneLine((id ?? "").utf8.span))
    var counter = JSONCounter()
    write(id: id, event: event, data: data, to: &counter)
    return [UInt8](capacity: counter.count) { output in write(id: id, event: event, data: data, to: &output) }
  }

  package static func encode(id: String?, event: String, data: ArraySlice<UInt8>) -> [UInt8] {
    encode(id: id, event: event, data: data.span)
  }

  /// A line that clients ignore, for keeping the connection alive.
  package static func comment(_ text: String = "") -> [UInt8] {
    assert(isOneLine(text.utf8.span))
    return Array(":\(text)\n\n".utf8)
  }

  /// How long a client waits before it connects again.
  package static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }

  @inline(__always)
  private static func write(
    id: String?, event: String, data: Span<UInt8>, to sink: inout some JSONSink & ~Copyable & ~Escapable
  ) {
    if let id {
      sink.put("id: ")
      sink.put(id.utf8.span)
      sink.put("\n")
    }
    sink.put("event: ")
    sink.put(event.utf8.span)
    sink.put("\ndata: ")
    sink.put(data)
    sink.put("\n\n")
  }

  private static func isOneLine(_ text: Span<UInt8>) -> Bool {
    for index in 0..<text.count where text[index] == 0x0A || text[index] == 0x0D { return false }
    return true
  }
}
