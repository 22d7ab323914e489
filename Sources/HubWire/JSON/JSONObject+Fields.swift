/// Getters that name the field in what they throw.
///
/// A field that is `null` counts as absent, as clients write it that have nothing to say; only ``value(_:)`` tells.
/// A key that is asked for and stands there twice is refused, since readers of JSON do not agree which one counts.
extension JSONObject {
  /// The value of a member as it stands there; nil where there is none.
  ///
  /// - Throws: `INVALID_REQUEST` where the key is doubled.
  package func value(_ key: StaticString) throws(HubError) -> JSONValue? {
    var found: Range<Int>?
    for member in members where isKey(key, of: member) {
      guard found == nil else { throw HubError(.invalidRequest, "`\(path)\(key)` stands there twice") }
      found = member.value
    }
    return found.map { JSONValue(valid: bytes, range: $0) }
  }

  /// The same, but nil for `null` too.
  package func present(_ key: StaticString) throws(HubError) -> JSONValue? {
    guard let value = try value(key), value.kind != .null else { return nil }
    return value
  }

  package func string(_ key: StaticString) throws(HubError) -> String? {
    guard let value = try present(key) else { return nil }
    guard value.kind == .string else { throw wrong(key, value, "a string") }
    guard let text = value.string else {
      throw HubError(.invalidRequest, "`\(path)\(key)` holds half a surrogate pair, which is no text")
    }
    return text
  }

  /// A string of 1 to `maximum` bytes.
  package func string(_ key: StaticString, maximum: Int) throws(HubError) -> String? {
    guard let text = try string(key) else { return nil }
    guard (1...maximum).contains(text.utf8.count) else {
      throw HubError(
        .invalidRequest, "`\(path)\(key)` has \(text.utf8.count) bytes; it must have 1 to \(maximum)")
    }
    return text
  }

  package func requiredString(_ key: StaticString) throws(HubError) -> String {
    guard let text = try string(key) else { throw missing(key) }
    return text
  }

  /// A whole number, written without fraction and exponent.
  package func integer(_ key: StaticString, in range: ClosedRange<Int64>) throws(HubError) -> Int64? {
    guard let value = try present(key) else { return nil }
    guard value.kind == .number else { throw wrong(key, value, "a number") }
    guard let number = value.integer, range.contains(number) else {
      throw HubError(
        .invalidRequest,
        "`\(path)\(key)` must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  package func bool(_ key: StaticString) throws(HubError) -> Bool? {
    guard let value = try present(key) else { return nil }
    guard let bool = value.bool else { throw wrong(key, value, "true or false") }
    return bool
  }

  /// What an event carries: `data` or `dataBase64`, and exactly one of them. Here `null` is a value: `data` may be it.
  package func eventData() throws(HubError) -> EventData {
    let json = try value("data")
    guard let base64 = try string("dataBase64") else {
      guard let json else { throw HubError(.invalidRequest, "`\(path)data` or `\(path)dataBase64` is missing") }
      return .json(json.oneLine())
    }
    guard json == nil else { throw HubError(.invalidRequest, "give `data` or `dataBase64`, not both") }
    return try EventData(base64: Array(base64.utf8))
  }

  func missing(_ key: StaticString) -> HubError { HubError(.invalidRequest, "`\(path)\(key)` is missing") }

  func wrong(_ key: StaticString, _ value: JSONValue, _ wanted: String) -> HubError {
    HubError(.invalidRequest, "`\(path)\(key)` is \(value.kind.phrase), it must be \(wanted)")
  }
}
