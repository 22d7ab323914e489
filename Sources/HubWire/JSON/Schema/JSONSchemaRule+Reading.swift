extension JSONSchemaRule {
  /// Words that only describe.
  private static let descriptions: Set<String> = [
    "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
  ]
  private static let maximumMembers = 1_000
  private static let maximumShown = 120

  /// - Throws: `INVALID_REQUEST`, with the path of the word that is wrong.
  init(_ schema: JSONValue, path: String, depth: Int) throws(HubError) {
    guard depth < JSONSchema.maximumDepth else {
      throw HubError(.invalidRequest, "more than \(JSONSchema.maximumDepth) schemas stand in one another")
    }
    if let bool = schema.bool {
      refusesAll = !bool
      return
    }
    guard schema.kind == .object else {
      throw Self.mistake(path, "is \(schema.kind.phrase); a schema is an object, true or false")
    }
    var seen: Set<String> = []
    var cursor = JSONMemberCursor(schema)
    while let member = cursor.next() {
      let word = JSONUnescape.text(schema.bytes[member.key]).text
      let place = path.isEmpty ? word : "\(path).\(word)"
      guard seen.insert(word).inserted else { throw Self.mistake(place, "stands there twice") }
      try take(word, JSONValue(valid: schema.bytes, range: member.value), place, depth)
    }
  }

  private mutating func take(_ word: String, _ value: JSONValue, _ path: String, _ depth: Int) throws(HubError) {
    switch word {
    case "type": kinds = try Self.kinds(value, path)
    case "enum": try take(choice: Self.elements(value, path), path)
    case "const": try take(choice: [value], path)
    case "properties": properties = try Self.rules(value, path, depth)
    case "required": required = try Self.names(value, path)
    case "additionalProperties": others = [try JSONSchemaRule(value, path: path, depth: depth + 1)]
    case "items": items = [try JSONSchemaRule(value, path: path, depth: depth + 1)]
    case "minimum": number.least = try Self.number(value, path)
    case "maximum": number.most = try Self.number(value, path)
    case "exclusiveMinimum": number.above = try Self.number(value, path)
    case "exclusiveMaximum": number.below = try Self.number(value, path)
    case "minLength": length.least = try Self.count(value, path)
    case "maxLength": length.most = try Self.count(value, path)
    case "minItems": elements.least = try Self.count(value, path)
    case "maxItems": elements.most = try Self.count(value, path)
    case "minProperties": members.least = try Self.count(value, path)
    case "maxProperties": members.most = try Self.count(value, path)
    default:
      guard Self.descriptions.contains(word) else { throw Self.mistake(path, "is not checked here; leave it out") }
    }
  }

  private static func kinds(_ value: JSONValue, _ path: String) throws(HubError) -> [Kind] {
    let texts = value.kind == .array ? try names(value, path) : [value.string ?? ""]
    var kinds: [Kind] = []
    for text in texts {
      guard let kind = Kind(rawValue: text) else {
        throw mistake(path, "must name types: " + Kind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      kinds.append(kind)
    }
    guard !kinds.isEmpty else { throw mistake(path, "names no type") }
    return kinds
  }

  private mutating func take(choice values: [JSONValue], _ path: String) throws(HubError) {
    guard choice == nil else { throw Self.mistake(path, "stands beside another choice; give `enum` or `const`") }
    guard !values.isEmpty else { throw Self.mistake(path, "has no values") }
    let texts = values.prefix(20).map { String(decoding: $0.oneLine(), as: UTF8.self) }
    let list = texts.joined(separator: ", ")
    let shown = list.utf8.count <= Self.maximumShown ? list : "\(list.prefix(Self.maximumShown))…"
    choice = Choice(
      values: Set(values.map(JSONTree.init)), kinds: Set(values.map(\.kind)),
      shown: values.count == 1 ? shown : "one of \(shown)")
  }

  private static func rules(
    _ value: JSONValue, _ path: String, _ depth: Int
  ) throws(HubError) -> [String: JSONSchemaRule] {
    guard value.kind == .object else { throw mistake(path, "is \(value.kind.phrase); it must be an object of schemas") }
    var rules: [String: JSONSchemaRule] = [:]
    var cursor = JSONMemberCursor(value)
    while let member = cursor.next() {
      let name = JSONUnescape.text(value.bytes[member.key]).text
      let schema = JSONValue(valid: value.bytes, range: member.value)
      let rule = try JSONSchemaRule(schema, path: "\(path).\(name)", depth: depth + 1)
      guard rules.updateValue(rule, forKey: name) == nil else { throw mistake("\(path).\(name)", "stands there twice") }
      guard rules.count <= maximumMembers else { throw mistake(path, "has more than \(maximumMembers) members") }
    }
    return rules
  }

  private static func elements(_ value: JSONValue, _ path: String) throws(HubError) -> [JSONValue] {
    guard value.kind == .array else { throw mistake(path, "is \(value.kind.phrase); it must be a list") }
    var elements: [JSONValue] = []
    var cursor = JSONElementCursor(value)
    while let element = cursor.next() {
      guard elements.count < maximumMembers else { throw mistake(path, "has more than \(maximumMembers) elements") }
      elements.append(element)
    }
    return elements
  }

  private static func names(_ value: JSONValue, _ path: String) throws(HubError) -> [String] {
    var names: [String] = []
    for element in try elements(value, path) {
      guard let name = element.string else { throw mistake(path, "must be a list of texts") }
      names.append(name)
    }
    return names
  }

  private static func number(_ value: JSONValue, _ path: String) throws(HubError) -> Bounds<JSONNumber>.Limit {
    guard value.kind == .number else { throw mistake(path, "is \(value.kind.phrase); it must be a number") }
    return .init(value: JSONNumber(value.raw), shown: String(decoding: value.raw.prefix(40), as: UTF8.self))
  }

  private static func count(_ value: JSONValue, _ path: String) throws(HubError) -> Bounds<Int>.Limit {
    guard let number = value.integer, let count = Int(exactly: number), count >= 0 else {
      throw mistake(path, "must be a whole number, 0 or more")
    }
    return .init(value: count, shown: "\(count)")
  }

  private static func mistake(_ path: String, _ what: String) -> HubError {
    HubError(.invalidRequest, path.isEmpty ? "the schema \(what)" : "`\(path.prefix(200))` \(what)")
  }
}
