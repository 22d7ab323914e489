/// One value inside a valid JSON text: a slice of it, read only when asked.
package struct JSONValue: Sendable {
  /// The whole text, shared by all its values.
  package let bytes: [UInt8]
  /// Where in it this value stands.
  package let range: Range<Int>
  package let kind: JSONKind

  /// The value at `range` of a text that ``JSONScanner`` has found valid.
  init(valid bytes: [UInt8], range: Range<Int>) {
    guard let kind = JSONKind(firstByte: bytes[range.lowerBound]) else { preconditionFailure("not a JSON value") }
    self.bytes = bytes
    self.range = range
    self.kind = kind
  }

  /// - Throws: `INVALID_JSON`, saying where and why.
  package init(parsing bytes: [UInt8], maximumDepth: Int = JSONScanner.maximumDepth) throws(HubError) {
    do throws(JSONError) {
      _ = try JSONScanner.validate(bytes.span, maximumDepth: maximumDepth)
    } catch {
      throw error.hubError
    }
    let range = JSONWalk.trimmed(bytes.span)
    self.init(valid: bytes, range: range)
  }

  /// The value byte for byte, without a copy.
  package var raw: ArraySlice<UInt8> { bytes[range] }

  /// A copy of the value on one line.
  package func oneLine() -> [UInt8] { JSONScanner.oneLine(raw.span) }

  /// Nil where it is no string, or one with half a surrogate pair, which is no text.
  package var string: String? {
    guard kind == .string else { return nil }
    let inside = JSONUnescape.text(bytes[(range.lowerBound + 1)..<(range.upperBound - 1)])
    return inside.isWhole ? inside.text : nil
  }

  /// Nil where it is no number, has a fraction or an exponent, or does not fit.
  package var integer: Int64? {
    guard kind == .number, range.count <= 20 else { return nil }
    return Int64(String(decoding: raw, as: UTF8.self))
  }

  package var bool: Bool? { kind == .bool ? raw.first == UInt8(ascii: "t") : nil }
}
