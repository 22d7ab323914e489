/// Base64 with the alphabet that needs no escaping in URLs, without padding (RFC 4648 section 5, RFC 7515 section 2).
///
/// As strict as ``Base64``: no padding, no line breaks, and zeros in the bits that the last character has to spare. So a
/// token has one spelling only.
package enum Base64URL {
  /// The text of `bytes`, which may hold up to 1 GiB.
  package static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
    var text = Base64.encode(bytes)
    while text.last == UInt8(ascii: "=") { text.removeLast() }
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "+"): text[index] = UInt8(ascii: "-")
      case UInt8(ascii: "/"): text[index] = UInt8(ascii: "_")
      default: continue
      }
    }
    return text
  }

  /// The text of `bytes`, which may hold up to 1 GiB.
  package static func encode(_ bytes: [UInt8]) -> [UInt8] { encode(bytes.span) }

  /// The bytes that `text` stands for; nil where it is not strict base64url.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    var standard: [UInt8] = []
    standard.reserveCapacity(text.count + 3)
    for index in 0..<text.count {
      switch text[index] {
      case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      case let digit: standard.append(digit)
      }
    }
    // One character over a multiple of four stands for no byte; its three padding characters are refused as such.
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Base64.decode(standard.span)
  }
}
