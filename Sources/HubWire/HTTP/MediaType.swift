/// A media type with its parameters (RFC 9110 section 8.3.1), also a range like `text/*` from an Accept field.
package struct MediaType: Sendable {
  /// In lower case.
  package let type: String
  /// In lower case.
  package let subtype: String
  /// In order, names in lower case, values without their quotes.
  package let parameters: [(name: String, value: String)]

  /// Nil where the text is not `type/subtype` with well-formed parameters.
  package init?(_ text: String) {
    var scanner = Scanner(bytes: Array(text.utf8))
    scanner.skipBlanks()
    guard let type = scanner.token(), scanner.take(UInt8(ascii: "/")), let subtype = scanner.token(),
      let parameters = scanner.parameters()
    else { return nil }
    self.type = type.lowercased()
    self.subtype = subtype.lowercased()
    self.parameters = parameters
  }

  /// `type/subtype`, without parameters.
  package var essence: String { "\(type)/\(subtype)" }

  /// The value of the first parameter of that name, given in lower case.
  package subscript(parameter: String) -> String? {
    parameters.first { $0.name == parameter }?.value
  }

  /// Whether the body is JSON: `application/json`, or a type with the suffix `+json` (RFC 6839).
  package var isJSON: Bool { essence == "application/json" || subtype.hasSuffix("+json") }
}

extension MediaType {
  /// Reads the grammar from left to right.
  private struct Scanner {
    let bytes: [UInt8]
    var index = 0

    mutating func skipBlanks() {
      while index < bytes.count, HTTPBytes.isBlank(bytes[index]) { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
      return true
    }

    mutating func token() -> String? {
      let start = index
      while index < bytes.count, HTTPBytes.isTokenByte(bytes[index]) { index += 1 }
      return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
    }

    /// `;name=value` to the end; empty parameters are passed over (RFC 9110 section 5.6.6).
    mutating func parameters() -> [(name: String, value: String)]? {
      var found: [(name: String, value: String)] = []
      while true {
        skipBlanks()
        guard index < bytes.count else { return found }
        guard take(UInt8(ascii: ";")) else { return nil }
        skipBlanks()
        guard index < bytes.count, bytes[index] != UInt8(ascii: ";") else { continue }
        guard let name = token(), take(UInt8(ascii: "=")), let value = quotedString() ?? token() else { return nil }
        found.append((name.lowercased(), value))
      }
    }

    /// Nil, and nothing taken, where no well-formed quoted string begins here.
    mutating func quotedString() -> String? {
      var cursor = index
      guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: "\"") else { return nil }
      var value: [UInt8] = []
      cursor += 1
      while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\"") {
        if bytes[cursor] == UInt8(ascii: "\\"), cursor + 1 < bytes.count { cursor += 1 }
        value.append(bytes[cursor])
        cursor += 1
      }
      guard cursor < bytes.count else { return nil }
      index = cursor + 1
      return String(decoding: value, as: UTF8.self)
    }
  }
}
