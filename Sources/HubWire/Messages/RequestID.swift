/// What a client calls its request: any number or string, sent back byte for byte with the answer.
package struct RequestID: Sendable, Hashable {
  /// The longest, in bytes of JSON.
  package static let maximumLength = 128

  /// A JSON number or string.
  package let json: [UInt8]

  package init(_ number: Int) { json = Array(String(number).utf8) }

  /// - Throws: `INVALID_REQUEST` where the value is something else, or too long.
  package init(_ value: JSONValue) throws(HubError) {
    guard value.kind == .number || value.kind == .string else {
      throw HubError(.invalidRequest, "`id` is \(value.kind.phrase), it must be a number or a string")
    }
    guard value.range.count <= Self.maximumLength else {
      throw HubError(.invalidRequest, "`id` has \(value.range.count) bytes, the limit is \(Self.maximumLength)")
    }
    json = Array(value.raw)
  }
}
