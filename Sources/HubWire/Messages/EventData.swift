/// What an event carries: any JSON value, or bytes.
package enum EventData: Sendable, Equatable {
  /// A valid JSON text on one line, otherwise byte for byte as it was published.
  case json([UInt8])
  /// The base64 text of bytes (RFC 4648 section 4).
  case base64([UInt8])

  /// Takes a JSON text as it came.
  ///
  /// - Throws: `INVALID_JSON`, saying where and why.
  package init(json: [UInt8]) throws(HubError) {
    do throws(JSONError) {
      let shape = try JSONScanner.validate(json.span)
      self = .json(JSONScanner.oneLine(json, shape: shape))
    } catch {
      throw error.hubError
    }
  }

  /// Makes a JSON string of plain text.
  ///
  /// - Throws: `INVALID_REQUEST` where the text is not UTF-8.
  package init(text: [UInt8]) throws(HubError) {
    guard UTF8Validator.isValid(text.span) else { throw HubError(.invalidRequest, "the text is not UTF-8") }
    var writer = JSONWriter(capacity: text.count + 2)
    writer.string(text.span)
    self = .json(writer.bytes)
  }

  /// Takes any bytes.
  package init(bytes: [UInt8]) { self = .base64(Base64.encode(bytes)) }

  /// Takes bytes that come as base64 already.
  ///
  /// - Throws: `INVALID_REQUEST` where it is not strict base64.
  package init(base64: [UInt8]) throws(HubError) {
    guard Base64.isValid(base64.span) else {
      throw HubError(.invalidRequest, "`dataBase64` is not base64 with padding (RFC 4648 section 4)")
    }
    self = .base64(base64)
  }

  /// The length of what was published, to a few bytes.
  package var byteCount: Int {
    switch self {
    case .json(let text): text.count
    case .base64(let text): text.count / 4 * 3
    }
  }

  /// The length of the text, which is what a history keeps of it.
  package var count: Int {
    switch self {
    case .json(let text), .base64(let text): text.count
    }
  }
}
