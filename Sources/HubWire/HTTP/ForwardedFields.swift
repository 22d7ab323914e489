/// A field in which proxies say whom a request is from.
public enum ForwardedField: String, Sendable, CaseIterable {
  /// `X-Forwarded-For`: addresses alone; what most proxies write.
  case plain = "x-forwarded-for"
  /// `Forwarded` (RFC 7239).
  case standard = "forwarded"
}

/// Whom proxies say a request is from: the fields `Forwarded` (RFC 7239) and `X-Forwarded-For`.
///
/// Each proxy adds its own client at the end, and passes on what stood there before, be it true or not. So both are read
/// from the end: an element counts if it was written by an address that is trusted.
package enum ForwardedFields {
  /// The client's address: the last one named that is not itself a trusted proxy's.
  ///
  /// Where an element is no address (`unknown`, an obfuscated name, nonsense), nothing before it can be believed, and
  /// whoever wrote it is the last one known.
  ///
  /// - Parameters:
  ///   - field: the one that the proxies write. The other is not looked at: a proxy passes on what its client says there.
  ///   - peer: who sent the request, a trusted address.
  package static func client(
    of fields: HTTPFields, in field: ForwardedField, from peer: IPAddress, trusting isTrusted: (IPAddress) -> Bool
  ) -> IPAddress {
    let isStandard = field == .standard
    var client = peer
    for value in fields.values(of: field.rawValue).reversed() {
      let bytes = value.utf8.span
      var end = bytes.count
      while let element = lastElement(bytes, before: &end, hasQuotes: isStandard) {
        let text = bytes.extracting(element)
        guard let address = isStandard ? forwardedFor(text) : node(text, allowsBareIPv6: true) else { return client }
        client = address
        if !isTrusted(address) { return client }
      }
    }
    return client
  }

  /// The last non-empty element of a comma list before `end`, trimmed; nil where there is none.
  ///
  /// Quoted strings are told from the end as well: a quote that the client has left open must not swallow the element
  /// that the proxy has added behind it.
  private static func lastElement(_ bytes: Span<UInt8>, before end: inout Int, hasQuotes: Bool) -> Range<Int>? {
    while end > 0 {
      var start = end
      while start > 0, bytes[start - 1] != HTTPBytes.comma {
        start -= 1
        // Nothing honest is that long: it stands for no address. Looking for its quotes would cost the square of it.
        if end - start > longestElement { return start..<start }
        if hasQuotes, bytes[start] == quote {
          start = openingQuote(bytes, before: start, atLeast: end - longestElement) ?? start
        }
      }
      let element = HTTPBytes.trimmed(bytes, start..<end)
      end = start - 1
      if !element.isEmpty { return element }
    }
    return nil
  }

  private static let longestElement = 512
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// Where the quoted string begins that ends at `end`; nil where nothing opens it.
  private static func openingQuote(_ bytes: Span<UInt8>, before end: Int, atLeast least: Int) -> Int? {
    var index = end
    while index > max(0, least) {
      index -= 1
      guard bytes[index] == quote else { continue }
      var slashes = 0
      while slashes < index, bytes[index - 1 - slashes] == backslash { slashes += 1 }
      if slashes.isMultiple(of: 2) { return index }
    }
    return nil
  }

  /// The address that the one `for` of an element names (RFC 7239 section 4).
  private static func forwardedFor(_ element: Span<UInt8>) -> IPAddress? {
    var found: Range<Int>?
    var start = 0
    while start < element.count {
      let end = endOfPair(element, from: start)
      let pair = HTTPBytes.trimmed(element, start..<end)
      start = end + 1
      guard let equals = HTTPBytes.first(UInt8(ascii: "="), element, in: pair) else { continue }
      guard HTTPBytes.equal(element.extracting(pair.lowerBound..<equals), ignoringCase: "for") else { continue }
      guard found == nil else { return nil }
      found = equals + 1..<pair.upperBound
    }
    guard let found, !found.isEmpty else { return nil }
    if element[found.lowerBound] != quote { return node(element.extracting(found), allowsBareIPv6: false) }
    guard let text = unquoted(element.extracting(found)) else { return nil }
    return node(text.span, allowsBareIPv6: false)
  }

  /// Where the semicolon stands that ends the pair, outside of quoted strings.
  private static func endOfPair(_ element: Span<UInt8>, from start: Int) -> Int {
    var isQuoted = false
    var index = start
    while index < element.count, isQuoted || element[index] != UInt8(ascii: ";") {
      if element[index] == quote { isQuoted.toggle() }
      if isQuoted, element[index] == backslash { index += 1 }
      index += 1
    }
    return min(index, element.count)
  }

  /// What a quoted string means (RFC 9110 section 5.6.4); nil where it does not end with its closing quote.
  private static func unquoted(_ text: Span<UInt8>) -> [UInt8]? {
    var result: [UInt8] = []
    var index = 1
    while index < text.count, text[index] != quote {
      if text[index] == backslash { index += 1 }
      guard index < text.count else { return nil }
      result.append(text[index])
      index += 1
    }
    return index == text.count - 1 ? result : nil
  }

  /// An address with or without a port, IPv6 in brackets (RFC 7239 section 6); nil for `unknown` and obfuscated names.
  private static func node(_ text: Span<UInt8>, allowsBareIPv6: Bool) -> IPAddress? {
    guard let first = HTTPBytes.first(HTTPBytes.colon, text, in: 0..<text.count) else { return IPAddress(text: text) }
    if text[0] == UInt8(ascii: "[") {
      guard let end = HTTPBytes.first(UInt8(ascii: "]"), text, in: 0..<text.count) else { return nil }
      let isWhole = end + 1 == text.count || isPort(text.extracting((end + 1)...))
      let address = text.extracting(1..<end)
      let isIPv6 = HTTPBytes.first(HTTPBytes.colon, address, in: 0..<address.count) != nil
      return isWhole && isIPv6 ? IPAddress(text: address) : nil
    }
    if HTTPBytes.first(HTTPBytes.colon, text, in: first + 1..<text.count) != nil {
      return allowsBareIPv6 ? IPAddress(text: text) : nil
    }
    return isPort(text.extracting(first...)) ? IPAddress(text: text.extracting(first: first)) : nil
  }

  /// A colon, and up to five digits or an obfuscated name: `:4711`, `:_a.b-c`.
  private static func isPort(_ text: Span<UInt8>) -> Bool {
    guard text.count > 1, text[0] == HTTPBytes.colon else { return false }
    let isObfuscated = text[1] == UInt8(ascii: "_")
    guard isObfuscated ? text.count > 2 : text.count <= 6 else { return false }
    for index in (isObfuscated ? 2 : 1)..<text.count {
      let byte = text[index]
      let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
      let isObfuscation =
        isLetter || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      guard HTTPBytes.isDigit(byte) || (isObfuscated && isObfuscation) else { return false }
    }
    return true
  }
}
