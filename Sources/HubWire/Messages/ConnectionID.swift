private import COpenSSL

/// The unguessable name of one live connection: 128 random bits, written as 32 hexadecimal digits.
public struct ConnectionID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let high: UInt64
  package let low: UInt64

  /// A fresh name.
  public static func random() -> ConnectionID {
    var halves: (UInt64, UInt64) = (0, 0)
    // From libcrypto's generator, which is as unguessable as the system's and no call into the kernel.
    let done = unsafe withUnsafeMutableBytes(of: &halves) { unsafe RAND_bytes($0.baseAddress, Int32($0.count)) }
    precondition(done == 1, "libcrypto gives no random bytes")
    return ConnectionID(high: halves.0, low: halves.1)
  }

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Nil where the text is not 32 lower-case hexadecimal digits.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 32,
      text.utf8.allSatisfy({
        (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 || (UInt8(ascii: "a")...UInt8(ascii: "f")) ~= $0
      }),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  public var description: String { Self.hex(high) + Self.hex(low) }

  /// As their texts are ordered.
  public static func < (one: ConnectionID, other: ConnectionID) -> Bool {
    (one.high, one.low) < (other.high, other.low)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
