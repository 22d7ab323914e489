import HubWire

/// A value of a JSON5 text together with where it begins.
package struct JSON5Node: Sendable, Equatable {
  package var value: JSON5Value
  package var position: SourcePosition
}

/// A JSON5 value; an object keeps its members as they stand in the text, doubled keys included.
package indirect enum JSON5Value: Sendable, Equatable {
  case null
  case boolean(Bool)
  case number(JSON5Number)
  case string(String)
  case array([JSON5Node])
  case object([JSON5Member])
}

extension JSON5Value {
  /// The same as JSON; nil for what JSON cannot say, such as a number that is not finite.
  package func json() -> [UInt8]? {
    var writer = JSONWriter()
    return write(to: &writer) ? writer.bytes : nil
  }

  private func write(to json: inout JSONWriter) -> Bool {
    switch self {
    case .null: json.null()
    case .boolean(let value): json.bool(value)
    case .string(let text): json.string(text)
    case .number(let number): return number.write(to: &json)
    case .array(let nodes):
      json.beginArray()
      for node in nodes where !node.value.write(to: &json) { return false }
      json.endArray()
    case .object(let members):
      json.beginObject()
      for member in members {
        json.key(member.key)
        if !member.node.value.write(to: &json) { return false }
      }
      json.endObject()
    }
    return true
  }
}

extension JSON5Number {
  fileprivate func write(to json: inout JSONWriter) -> Bool {
    guard integer == nil else {
      json.integer(integer ?? 0)
      return true
    }
    guard double.isFinite else { return false }
    json.raw(Array("\(double)".utf8))
    return true
  }
}

/// One `key: value` of an object.
package struct JSON5Member: Sendable, Equatable {
  package var key: String
  package var keyPosition: SourcePosition
  package var node: JSON5Node
}

/// A number as it is spelt, and what it means.
package struct JSON5Number: Sendable, Equatable {
  package var text: String
  /// The value where it is a whole number that an `Int` holds exactly: `1e3` is 1000, `0.5` and `NaN` are none.
  package var integer: Int?
  package var double: Double
}

/// Why a text is not JSON5, and where.
package struct JSON5Error: Error, Equatable {
  package var position: SourcePosition
  package var reason: String

  init(position: SourcePosition, reason: String) {
    self.position = position
    self.reason = reason
  }

  /// A word where a value should stand. A long one may be a secret that lacks its quotes, and is not shown.
  init(unquoted word: String, at position: SourcePosition) {
    let shown = word.unicodeScalars.count <= 20 ? word : "a word of \(word.unicodeScalars.count) letters"
    self.init(position: position, reason: "\(shown) is not a value; text needs quotes")
  }
}
