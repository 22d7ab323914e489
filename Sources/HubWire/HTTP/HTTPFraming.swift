/// The fields that our encoders decide on themselves.
struct HTTPFraming: OptionSet, Sendable {
  let rawValue: UInt8
  static let length = HTTPFraming(rawValue: 1)
  static let transferEncoding = HTTPFraming(rawValue: 2)
  static let connection = HTTPFraming(rawValue: 4)
  static let host = HTTPFraming(rawValue: 8)

  /// Whether the name is that of a field in this set.
  func contains(_ name: Span<UInt8>) -> Bool {
    switch name.count {
    case 4: contains(.host) && HTTPBytes.equal(name, ignoringCase: "host")
    case 10: contains(.connection) && HTTPBytes.equal(name, ignoringCase: "connection")
    case 14: contains(.length) && HTTPBytes.equal(name, ignoringCase: "content-length")
    case 17: contains(.transferEncoding) && HTTPBytes.equal(name, ignoringCase: "transfer-encoding")
    default: false
    }
  }
}
