/// What a proxy says of the connection it relays, before the connection's own bytes: the PROXY protocol, versions 1 and 2
/// (HAProxy, doc/proxy-protocol.txt).
package struct ProxyProtocolHeader: Equatable, Sendable {
  /// How many bytes it takes; what the client sent begins right behind.
  package let byteCount: Int
  /// The client's address; nil where the proxy speaks for itself or cannot name one, so that the peer's own counts.
  package let source: IPAddress?

  /// The longest header taken: version 1 ends within 107 bytes, and version 2 may carry some certificates' names.
  package static let longest = 16 + 2048

  /// Reads what has arrived so far, from the first byte on; nil where more is needed to tell.
  ///
  /// What it says of some bytes it also says of all longer input that begins with them.
  ///
  /// - Throws: what is wrong. There is no going on after that: the peer is no proxy, or one that says nonsense.
  package static func read(_ input: Span<UInt8>) throws(ProxyProtocolError) -> ProxyProtocolHeader? {
    guard !input.isEmpty else { return nil }
    return input[0] == UInt8(ascii: "P") ? try readText(input) : try readBinary(input)
  }

  static let missing = ProxyProtocolError("the connection does not begin with a PROXY protocol header")

  /// Whether the input begins with these bytes, as far as it goes.
  static func agrees(_ input: Span<UInt8>, with start: StaticString) -> Bool {
    for index in 0..<min(input.count, start.utf8CodeUnitCount) where input[index] != (unsafe start.utf8Start[index]) {
      return false
    }
    return true
  }
}
