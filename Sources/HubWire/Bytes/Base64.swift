import COpenSSL

/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
///
/// What is valid is strict: no line breaks, whole padding, and zeros in the bits that the last character has to spare
/// (section 3.5). So a text that the hub lets in is one that every decoder accepts, and two texts differ only where
/// their bytes do.
package enum Base64 {
  /// libcrypto counts in 32-bit integers.
  private static let maximumCount = 1 << 30

  /// The base64 text of `bytes`, which may hold up to 1 GiB.
  package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    precondition(bytes.count <= maximumCount, "base64 takes up to 1 GiB at once")
    let length = (bytes.count + 2) / 3 * 4
    if length == 0 { return [] }
    // libcrypto ends its text with a zero byte, hence the one more.
    return unsafe [UInt8](unsafeUninitializedCapacity: length + 1) { text, count in
      count = unsafe bytes.withUnsafeBufferPointer {
        unsafe Int(EVP_EncodeBlock(text.baseAddress, $0.baseAddress, CInt($0.count)))
      }
    }
  }

  /// The base64 text of `bytes`, which may hold up to 1 GiB.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] { encode(bytes.span) }

  /// Whether `text` is strict base64; the empty text is.
  package static func isValid(_ text: Span<UInt8>) -> Bool {
    guard text.count % 4 == 0 else { return false }
    let digits = text.count - paddingCount(text)
    for index in 0..<digits {
      guard isDigit(text[index]) else { return false }
    }
    return sparesAreZero(text, digits: digits)
  }

  /// The number of bytes that a valid text of base64 stands for.
  package static func decodedCount(_ text: Span<UInt8>) -> Int {
    text.count / 4 * 3 - paddingCount(text)
  }

  /// The bytes that `text` stands for; nil where it is not strict base64, or longer than 1 GiB.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count <= maximumCount, isValid(text) else { return nil }
    if text.isEmpty { return [] }
    let length = decodedCount(text)
    // libcrypto writes zeros for the padding too.
    return unsafe [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { bytes, count in
      let written = unsafe text.withUnsafeBufferPointer {
        unsafe EVP_DecodeBlock(bytes.baseAddress, $0.baseAddress, CInt($0.count))
      }
      count = written < 0 ? 0 : length
    }
  }

  /// How many `=` end the text; more than two are left for ``isValid(_:)`` to find among the digits.
  private static func paddingCount(_ text: Span<UInt8>) -> Int {
    let count = text.count
    guard count >= 4, text[count - 1] == UInt8(ascii: "=") else { return 0 }
    return text[count - 2] == UInt8(ascii: "=") ? 2 : 1
  }

  /// Two padding characters leave four bits of the last digit to spare, one leaves two.
  private static func sparesAreZero(_ text: Span<UInt8>, digits: Int) -> Bool {
    switch text.count - digits {
    case 2: value(text[digits - 1]) & 0x0F == 0
    case 1: value(text[digits - 1]) & 0x03 == 0
    default: true
    }
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool {
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
  }

  /// The six bits of a digit.
  private static func value(_ digit: UInt8) -> UInt8 {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    default: 63
    }
  }
}
