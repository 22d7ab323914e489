import HubWire

/// A JSON Schema (draft 2020-12), as both documents hold it. It is made once, as its text.
struct Schema: Sendable {
  let json: [UInt8]

  private init(_ members: (inout JSONWriter) -> Void) {
    json = JSONWriter.object(capacity: 128, members)
  }

  /// One of the document's own, by its name.
  static func named(_ name: String) -> Schema {
    Schema { $0.member("$ref", "#/components/schemas/\(name)") }
  }

  /// Any value.
  static let any = Schema { _ in }

  /// Which counts as absent.
  static let null = Schema { $0.member("type", "null") }

  static func boolean(_ about: String? = nil) -> Schema {
    Schema { json in
      json.member("type", "boolean")
      json.describe(about)
    }
  }

  static func integer(_ bounds: ClosedRange<Int>, _ about: String? = nil) -> Schema {
    Schema { json in
      json.member("type", "integer")
      json.member("minimum", bounds.lowerBound)
      if bounds.upperBound != .max { json.member("maximum", bounds.upperBound) }
      json.describe(about)
    }
  }

  static func number(_ about: String? = nil) -> Schema {
    Schema { json in
      json.member("type", "number")
      json.describe(about)
    }
  }

  static func string(
    _ about: String? = nil, pattern: String? = nil, length: ClosedRange<Int>? = nil, format: String? = nil
  ) -> Schema {
    Schema { json in
      json.member("type", "string")
      if let pattern { json.member("pattern", pattern) }
      if let format { json.member("format", format) }
      if let length {
        json.member("minLength", length.lowerBound)
        if length.upperBound != .max { json.member("maxLength", length.upperBound) }
      }
      json.describe(about)
    }
  }

  /// One text of a few.
  static func choice(_ texts: [String], _ about: String? = nil) -> Schema {
    Schema { json in
      json.member("type", "string")
      json.key("enum")
      json.array(texts) { $0.string($1) }
      json.describe(about)
    }
  }

  /// One text alone.
  static func constant(_ text: String) -> Schema {
    Schema { $0.member("const", text) }
  }

  static func array(of element: Schema, _ count: ClosedRange<Int>? = nil, about: String? = nil) -> Schema {
    Schema { json in
      json.member("type", "array")
      json.describe(about)
      json.member("items", raw: element.json)
      if let count {
        json.member("minItems", count.lowerBound)
        if count.upperBound != .max { json.member("maxItems", count.upperBound) }
      }
    }
  }

  static func oneOf(_ schemas: [Schema]) -> Schema {
    Schema { json in
      json.key("oneOf")
      json.array(schemas) { $0.raw($1.json) }
    }
  }

  /// At least one of them fits.
  static func anyOf(_ schemas: [Schema]) -> Schema {
    Schema { json in
      json.key("anyOf")
      json.array(schemas) { $0.raw($1.json) }
    }
  }

  /// An object whose members have any names.
  static func map(of value: Schema) -> Schema {
    Schema { json in
      json.member("type", "object")
      json.member("additionalProperties", raw: value.json)
    }
  }

  /// An object.
  ///
  /// - Parameters:
  ///   - isClosed: whether a member that is not told here is an error.
  ///   - exactlyOne: pairs of members of which one and only one stands there.
  ///   - refused: what it must not be besides.
  static func object(
    _ members: [Member], isClosed: Bool = false, exactlyOne pairs: [[String]] = [], except refused: Schema? = nil,
    _ about: String? = nil
  ) -> Schema {
    Schema { json in
      json.member("type", "object")
      json.describe(about)
      json.key("properties")
      json.beginObject()
      for member in members {
        json.key(member.name)
        json.raw(member.schema.json)
      }
      json.endObject()
      let required = members.filter { !$0.isOptional }.map(\.name)
      if !required.isEmpty {
        json.key("required")
        json.array(required) { $0.string($1) }
      }
      if isClosed { json.member("additionalProperties", false) }
      if let refused { json.member("not", raw: refused.json) }
      guard !pairs.isEmpty else { return }
      json.key("allOf")
      json.array(pairs) { json, pair in
        json.beginObject()
        json.key("oneOf")
        json.array(pair) { json, name in
          json.beginObject()
          json.key("required")
          json.array([name]) { $0.string($1) }
          json.endObject()
        }
        json.endObject()
      }
    }
  }

  /// A member of an object.
  struct Member: Sendable {
    let name: String
    let schema: Schema
    let isOptional: Bool

    init(_ name: String, _ schema: Schema, optional: Bool = false) {
      self.name = name
      self.schema = schema
      isOptional = optional
    }
  }
}

extension JSONWriter {
  /// What something is, in words, where that is told.
  mutating func describe(_ about: String?) {
    if let about { member("description", about) }
  }

  /// A list, whose elements `write` writes.
  mutating func array<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }
}
