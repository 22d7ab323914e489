extension TraceContext {
  /// Reads a `traceparent` value and the `tracestate` that came with it; nil where the former is not valid.
  ///
  /// `VERSION-TRACEID-SPANID-FLAGS` in lower-case hexadecimal (section 3.2.2). Version 00 has exactly these 55 bytes. A
  /// higher version may go on after another dash (section 3.2.4); `ff` is none. Ids of zeros alone are not valid.
  package init?(parent: String, states: [String] = []) {
    var parent = parent
    let parsed = parent.withUTF8 { bytes in Self.parse(bytes) }
    guard let parsed else { return nil }
    self.init(
      traceID: parsed.traceID, spanID: parsed.spanID, isSampled: parsed.isSampled, state: Self.carried(states))
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> (traceID: TraceID, spanID: UInt64, isSampled: Bool)? {
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      let version = Hexadecimal.value(bytes[0..<2]), version != 0xFF,
      bytes.count == 55 || (version > 0 && bytes[55] == dash),
      let high = Hexadecimal.value(bytes[3..<19]), let low = Hexadecimal.value(bytes[19..<35]),
      let traceID = TraceID(high: high, low: low),
      let spanID = Hexadecimal.value(bytes[36..<52]), spanID != 0,
      let flags = Hexadecimal.value(bytes[53..<55])
    else { return nil }
    return (traceID, spanID, flags & 1 == 1)
  }

  /// Several fields are one list (RFC 9110 section 5.3). What is too long or could break a header is left behind.
  private static func carried(_ states: [String]) -> String {
    let state = states.joined(separator: ",")
    let isPrintable = state.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
    return state.utf8.count <= maximumStateBytes && isPrintable ? state : ""
  }
}
