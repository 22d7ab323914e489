/// A JSON value taken apart, for comparing: numbers by value, objects without an order of their members.
indirect enum JSONTree: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONTree])
  /// Of doubled keys the last counts.
  case object([String: JSONTree])

  init(_ value: JSONValue) {
    switch value.kind {
    case .null: self = .null
    case .bool: self = .bool(value.bool == true)
    case .number: self = .number(JSONNumber(value.raw))
    case .string: self = .string(JSONUnescape.text(value.raw.dropFirst().dropLast()).text)
    case .array:
      var elements: [JSONTree] = []
      var cursor = JSONElementCursor(value)
      while let element = cursor.next() { elements.append(JSONTree(element)) }
      self = .array(elements)
    case .object:
      var members: [String: JSONTree] = [:]
      var cursor = JSONMemberCursor(value)
      while let member = cursor.next() {
        members[JSONUnescape.text(value.bytes[member.key]).text] = JSONTree(
          JSONValue(valid: value.bytes, range: member.value))
      }
      self = .object(members)
    }
  }
}
