/// Text as a JSON string, for lines and reports that are not on a hot path.
package enum JSONText {
  /// The text in quotes.
  package static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    LogText.appendQuoted(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
