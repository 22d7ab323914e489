// Version 2: sixteen bytes, addresses, and type-length-value fields, which are skipped (section 2.2).

extension ProxyProtocolHeader {
  private static let fixedCount = 16

  static func readBinary(_ input: Span<UInt8>) throws(ProxyProtocolError) -> ProxyProtocolHeader? {
    guard agrees(input, with: "\r\n\r\n\0\r\nQUIT\n") else { throw missing }
    guard input.count >= fixedCount else { return nil }
    let (version, command, family, transport) = (input[12] >> 4, input[12] & 15, input[13] >> 4, input[13] & 15)
    guard version == 2, command <= 1 else {
      throw ProxyProtocolError("the version or command of the PROXY protocol header is not known")
    }
    let count = fixedCount + Int(input[14]) << 8 + Int(input[15])
    guard count <= longest else {
      throw ProxyProtocolError("the PROXY protocol header is longer than \(longest) bytes")
    }
    // A connection of the proxy's own, such as a health check: what else the header says is ignored.
    let isLocal = command == 0
    guard isLocal || (family <= 3 && transport <= 2) else {
      throw ProxyProtocolError("the address family or transport of the PROXY protocol header is not known")
    }
    let addresses = isLocal || transport != 1 ? 0 : family == 1 ? 4 : family == 2 ? 16 : 0
    // Two addresses and two ports.
    guard addresses == 0 || count >= fixedCount + 2 * addresses + 4 else {
      throw ProxyProtocolError("the PROXY protocol header has no room for its addresses")
    }
    guard input.count >= count else { return nil }
    let source = addresses == 0 ? nil : IPAddress(bytes: input.extracting(fixedCount..<fixedCount + addresses))
    return ProxyProtocolHeader(byteCount: count, source: source)
  }
}
