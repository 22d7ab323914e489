/// The two ways to write an ECDSA signature over P-256: JSON's, both numbers in 32 bytes each (RFC 7518 section 3.4),
/// and libcrypto's, DER (RFC 3279 section 2.2.3).
enum ECDSASignature {
  private static let numberBytes = 32

  /// Nil where the signature has not 64 bytes.
  static func der(raw: [UInt8]) -> [UInt8]? {
    guard raw.count == 2 * numberBytes else { return nil }
    let numbers = integer(raw[..<numberBytes]) + integer(raw[numberBytes...])
    return [0x30, UInt8(numbers.count)] + numbers
  }

  /// Nil where it is no such signature.
  static func raw(der: [UInt8]) -> [UInt8]? {
    guard der.count >= 2, der[0] == 0x30, Int(der[1]) == der.count - 2 else { return nil }
    var rest = der[2...]
    guard let first = number(&rest), let second = number(&rest), rest.isEmpty else { return nil }
    return first + second
  }

  /// An INTEGER: as few bytes as there may be, and a zero before a first bit that would make it negative.
  private static func integer(_ number: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = Array(number.drop { $0 == 0 })
    if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
    return [0x02, UInt8(bytes.count)] + bytes
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard rest.popFirst() == 0x02, let length = rest.popFirst(), rest.count >= Int(length) else { return nil }
    let bytes = rest.prefix(Int(length)).drop { $0 == 0 }
    rest = rest.dropFirst(Int(length))
    guard bytes.count <= numberBytes else { return nil }
    return [UInt8](repeating: 0, count: numberBytes - bytes.count) + bytes
  }
}
