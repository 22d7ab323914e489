/// Takes the pieces of a JSON text in order.
///
/// A frame is described once, as pieces given to a sink. A ``JSONCounter`` says how long it will be, and an
/// `OutputSpan` of exactly that size receives it, so the two cannot disagree, and a frame is one allocation.
package protocol JSONSink: ~Copyable, ~Escapable {
  /// Bytes that are JSON already.
  mutating func put(_ bytes: Span<UInt8>)
  /// The same, known when the hub was compiled.
  mutating func put(_ text: StaticString)
  mutating func put(decimal number: UInt64)
  /// The inside of a string, without its quotation marks: UTF-8 that gets its escapes here.
  mutating func put(escaping text: Span<UInt8>)
}

extension JSONSink where Self: ~Copyable & ~Escapable {
  /// A string with its quotation marks.
  @inline(__always)
  package mutating func put(string text: String) {
    put("\"")
    put(escaping: text.utf8.span)
    put("\"")
  }

  /// A string that needs no escapes, with its quotation marks.
  @inline(__always)
  package mutating func put(plain text: String) {
    put("\"")
    put(text.utf8.span)
    put("\"")
  }

  /// `EPOCH-OFFSET` with its quotation marks, without making its text first.
  @inline(__always)
  package mutating func put(_ position: Position) {
    put("\"")
    put(position.epoch.utf8.span)
    put("-")
    put(decimal: position.offset)
    put("\"")
  }

  @inline(__always)
  package mutating func put(decimal number: Int64) {
    if number < 0 { put("-") }
    put(decimal: number.magnitude)
  }
}
