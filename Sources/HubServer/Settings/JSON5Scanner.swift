/// Reads a JSON5 1.0.0 text (https://spec.json5.org) into a tree whose every node knows its line and column.
///
/// The whole grammar is taken: comments, trailing commas, unquoted keys, single quotes, line continuations, hexadecimal
/// numbers, leading and trailing decimal points, explicit plus signs, `Infinity` and `NaN`. Two things are narrower
/// than in JavaScript: an escaped surrogate must come in a pair (a Swift `String` cannot hold half of one), and nesting
/// and size are bounded, so a hostile file costs little. Keys may repeat; telling is left to the reader of the tree.
package struct JSON5Scanner {
  /// How deep objects and arrays may nest.
  package static let maximumDepth = 32
  /// How many bytes a text may have.
  package static let maximumBytes = 1 << 20

  /// The text; a leading byte order mark is left out, so that columns are what an editor shows.
  let scalars: [Unicode.Scalar]
  /// What is read next, as an index of `scalars`, and as people count.
  private(set) var index = 0
  private(set) var position = SourcePosition(line: 1, column: 1)

  /// - Throws: where the text leaves the grammar, or a bound is passed.
  package static func parse(_ bytes: [UInt8]) throws(JSON5Error) -> JSON5Node {
    var scanner = try JSON5Scanner(bytes)
    try scanner.skipSpace()
    let root = try scanner.value(depth: 0)
    try scanner.skipSpace()
    guard scanner.peek == nil else { throw scanner.unexpected("the end of the file") }
    return root
  }

  private init(_ bytes: [UInt8]) throws(JSON5Error) {
    guard bytes.count <= Self.maximumBytes else {
      throw JSON5Error(
        position: position, reason: "the file has \(bytes.count) bytes; the limit is \(Self.maximumBytes)")
    }
    var scalars: [Unicode.Scalar] = []
    scalars.reserveCapacity(bytes.count)
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var position = position
    decoding: while true {
      switch decoder.decode(&iterator) {
      case .scalarValue("\u{FEFF}") where scalars.isEmpty: continue
      case .scalarValue(let scalar):
        position = position.after(scalar, following: scalars.last)
        scalars.append(scalar)
      case .emptyInput: break decoding
      case .error: throw JSON5Error(position: position, reason: "the file is not valid UTF-8 here")
      }
    }
    self.scalars = scalars
  }
}

// MARK: - Values

extension JSON5Scanner {
  private mutating func value(depth: Int) throws(JSON5Error) -> JSON5Node {
    let start = position
    guard let scalar = peek else { throw unexpected("a value") }
    let value: JSON5Value
    switch scalar {
    case "{": value = .object(try object(depth: depth))
    case "[": value = .array(try array(depth: depth))
    case "\"", "'": value = .string(try string())
    case "+", "-", ".", "0"..."9", "I", "N": value = .number(try number())
    case "t", "f", "n": value = try word()
    default: throw unexpected("a value")
    }
    return JSON5Node(value: value, position: start)
  }

  private mutating func word() throws(JSON5Error) -> JSON5Value {
    let start = position
    switch try identifier() {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    case let other: throw JSON5Error(unquoted: other, at: start)
    }
  }

  private mutating func object(depth: Int) throws(JSON5Error) -> [JSON5Member] {
    try enter(depth: depth)
    var members: [JSON5Member] = []
    while peek != "}" {
      let keyPosition = position
      let key = peek == "\"" || peek == "'" ? try string() : try identifier()
      try skipSpace()
      guard peek == ":" else { throw unexpected("':' after the key") }
      advance()
      try skipSpace()
      let node = try value(depth: depth + 1)
      members.append(JSON5Member(key: key, keyPosition: keyPosition, node: node))
      guard try anotherElement(before: "}") else { break }
    }
    advance()
    return members
  }

  private mutating func array(depth: Int) throws(JSON5Error) -> [JSON5Node] {
    try enter(depth: depth)
    var elements: [JSON5Node] = []
    while peek != "]" {
      elements.append(try value(depth: depth + 1))
      guard try anotherElement(before: "]") else { break }
    }
    advance()
    return elements
  }

  /// Steps over the opening bracket and the space after it.
  private mutating func enter(depth: Int) throws(JSON5Error) {
    guard depth < Self.maximumDepth else {
      throw JSON5Error(position: position, reason: "objects and lists nest deeper than \(Self.maximumDepth)")
    }
    advance()
    try skipSpace()
  }

  /// Steps over a comma; false at the closing bracket, which is left to be read.
  private mutating func anotherElement(before closing: Unicode.Scalar) throws(JSON5Error) -> Bool {
    try skipSpace()
    if peek == closing { return false }
    guard peek == "," else { throw unexpected("',' or '\(closing)'") }
    advance()
    try skipSpace()
    return true
  }
}

// MARK: - Scalars

extension JSON5Scanner {
  var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  /// Must not be called at the end of the text.
  mutating func advance() {
    position = position.after(scalars[index], following: index > 0 ? scalars[index - 1] : nil)
    index += 1
  }

  func unexpected(_ expected: String) -> JSON5Error {
    guard let scalar = peek else {
      return JSON5Error(position: position, reason: "the file ends here; expected \(expected)")
    }
    let found = scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F ? "'\(scalar)'" : scalar.codePoint
    return JSON5Error(position: position, reason: "unexpected \(found); expected \(expected)")
  }

  /// White space and comments (sections 8 and 7).
  mutating func skipSpace() throws(JSON5Error) {
    while let scalar = peek {
      if scalar.isJSON5Space {
        advance()
      } else if scalar == "/" {
        try skipComment()
      } else {
        return
      }
    }
  }

  private mutating func skipComment() throws(JSON5Error) {
    let start = position
    switch peek(1) {
    case "/":
      while let scalar = peek, !scalar.isLineTerminator { advance() }
    case "*":
      advance()
      advance()
      while !(peek == "*" && peek(1) == "/") {
        guard peek != nil else { throw JSON5Error(position: start, reason: "this comment is never closed") }
        advance()
      }
      advance()
      advance()
    default: throw unexpected("a value, a key or a comment")
    }
  }
}

extension SourcePosition {
  /// Where the next scalar stands: a carriage return with its line feed is one line break.
  fileprivate func after(_ scalar: Unicode.Scalar, following previous: Unicode.Scalar?) -> SourcePosition {
    if scalar == "\n" && previous == "\r" { return self }
    return scalar.isLineTerminator
      ? SourcePosition(line: line + 1, column: 1) : SourcePosition(line: line, column: column + 1)
  }
}
