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
