/// Getters for what messages are made of.
extension JSONObject {
  /// - Throws: `INVALID_POSITION`; `INVALID_REQUEST` where it is no string.
  func position(_ key: StaticString) throws(HubError) -> Position? {
    guard let text = try string(key) else { return nil }
    return try Position(text)
  }

  func requiredPosition(_ key: StaticString) throws(HubError) -> Position {
    guard let position = try position(key) else { throw missing(key) }
    return position
  }

  func requestID() throws(HubError) -> RequestID? {
    guard let value = try present("id") else { return nil }
    return try RequestID(value)
  }

  package func required(_ key: StaticString) throws(HubError) -> JSONValue {
    guard let value = try present(key) else { throw missing(key) }
    return value
  }
}
