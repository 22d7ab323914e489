/// One value of Redis' serialization protocol, version 3, which holds all of version 2.
package enum RESPValue: Sendable, Equatable {
  case simple(String)
  /// What the server refuses; the first word is the kind of it: `ERR`, `MOVED`, `LOADING`.
  case error(String)
  case integer(Int64)
  /// A string of bytes. Text that says how it is to be shown (`=`) is one too, without that.
  case bulk([UInt8])
  /// There is nothing, in each of the three ways to say it.
  case null
  case boolean(Bool)
  case double(Double)
  /// The digits of a whole number of any length, with its sign.
  case bigNumber(String)
  case array([RESPValue])
  case set([RESPValue])
  /// Keys and values in turn.
  case map([RESPValue])
  /// What the server says without having been asked; it stands between the answers to commands.
  case push([RESPValue])
}

extension RESPValue {
  /// The text of a simple string, a bulk string or a big number; what is not UTF-8 in it is replaced.
  package var text: String? {
    switch self {
    case .simple(let text), .bigNumber(let text): text
    case .bulk(let bytes): String(copying: bytes.span)
    default: nil
    }
  }

  /// The bytes of a bulk string or a simple one.
  package var bytes: [UInt8]? {
    switch self {
    case .bulk(let bytes): bytes
    case .simple(let text): Array(text.utf8)
    default: nil
    }
  }

  /// A whole number, also one that is written in the digits of a string: what Redis keeps, it gives back so.
  package var integer: Int? {
    switch self {
    case .integer(let number): Int(number)
    case .bulk(let bytes): RESPNumber.integer(bytes[...]).map { Int($0) }
    case .simple(let text): RESPNumber.integer(Array(text.utf8)[...]).map { Int($0) }
    default: nil
    }
  }

  /// The elements of an array, a set or a push; those of a map are its keys and values in turn, as version 2 has them.
  package var array: [RESPValue]? {
    switch self {
    case .array(let elements), .set(let elements), .map(let elements), .push(let elements): elements
    default: nil
    }
  }

  package var isNull: Bool { self == .null }

  /// The sentence of an error.
  package var error: String? {
    if case .error(let text) = self { text } else { nil }
  }

  /// The value that stands behind `key` in a map, or in the array that takes its place in version 2.
  package subscript(key: String) -> RESPValue? {
    guard let array else { return nil }
    let keys = stride(from: array.startIndex, to: array.count - 1, by: 2)
    return keys.first { array[$0].text == key }.map { array[$0 + 1] }
  }
}
