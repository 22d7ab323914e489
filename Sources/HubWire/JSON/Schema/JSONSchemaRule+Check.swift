extension JSONSchemaRule {
  /// - Throws: `INVALID_EVENT`, naming the field.
  func check(_ value: JSONValue, at path: JSONPath) throws(HubError) {
    if refusesAll { throw Self.refusal(path, "must not be there") }
    try checkKind(value, path)
    if let choice, !choice.kinds.contains(value.kind) || !choice.values.contains(JSONTree(value)) {
      throw Self.refusal(path, "must be \(choice.shown)")
    }
    switch value.kind {
    case .object: try checkObject(value, path)
    case .array: try checkArray(value, path)
    case .string where !length.isEmpty:
      let count = JSONTree.length(of: value)
      if let complaint = length.complaint(count) {
        throw Self.refusal(path, "has \(count) characters; \(complaint)")
      }
    case .number where !number.isEmpty:
      if let complaint = number.complaint(JSONNumber(value.raw)) {
        throw Self.refusal(path, "is \(Self.shown(value)); \(complaint)")
      }
    case .string, .number, .bool, .null: break
    }
  }

  private func checkKind(_ value: JSONValue, _ path: JSONPath) throws(HubError) {
    guard !kinds.isEmpty, !kinds.contains(where: { $0.fits(value) }) else { return }
    let wanted = kinds.map(\.phrase).joined(separator: " or ")
    let found = value.kind == .number ? "the number \(Self.shown(value))" : value.kind.phrase
    throw Self.refusal(path, "is \(found); it must be \(wanted)")
  }

  private func checkObject(_ value: JSONValue, _ path: JSONPath) throws(HubError) {
    if properties.isEmpty, required.isEmpty, others.isEmpty, members.isEmpty { return }
    var missing = Set(required)
    var count = 0
    var cursor = JSONMemberCursor(value)
    while let member = cursor.next() {
      count += 1
      let name = JSONUnescape.text(value.bytes[member.key]).text
      missing.remove(name)
      guard let rule = properties[name] ?? others.first else { continue }
      try rule.check(JSONValue(valid: value.bytes, range: member.value), at: path.member(name))
    }
    // The first in the order of the schema, so that the same error comes each time.
    if !missing.isEmpty, let name = required.first(where: missing.contains) {
      throw Self.refusal(path.member(name), "is missing")
    }
    if let complaint = members.complaint(count) { throw Self.refusal(path, "has \(count) members; \(complaint)") }
  }

  private func checkArray(_ value: JSONValue, _ path: JSONPath) throws(HubError) {
    if items.isEmpty, elements.isEmpty { return }
    var count = 0
    var cursor = JSONElementCursor(value)
    while let element = cursor.next() {
      try items.first?.check(element, at: path.element(count))
      count += 1
    }
    if let complaint = elements.complaint(count) { throw Self.refusal(path, "has \(count) elements; \(complaint)") }
  }

  private static func refusal(_ path: JSONPath, _ what: String) -> HubError {
    HubError(.invalidEvent, "`\(path.text)` \(what)")
  }

  private static func shown(_ value: JSONValue) -> String {
    String(decoding: value.raw.prefix(40), as: UTF8.self)
  }
}

extension JSONSchemaRule.Kind {
  fileprivate func fits(_ value: JSONValue) -> Bool {
    switch self {
    case .null: value.kind == .null
    case .boolean: value.kind == .bool
    case .object: value.kind == .object
    case .array: value.kind == .array
    case .number: value.kind == .number
    case .string: value.kind == .string
    case .integer: value.kind == .number && JSONNumber(value.raw).isWhole
    }
  }
}

extension JSONTree {
  /// How many characters a string has, as JSON Schema counts them: code points.
  fileprivate static func length(of value: JSONValue) -> Int {
    JSONUnescape.text(value.raw.dropFirst().dropLast()).text.unicodeScalars.count
  }
}
