// Read as inet_pton(3) reads, without a C string in between; written as RFC 5952 has it.

extension IPAddress {
  /// Takes an address of either version; nil for anything else, such as a port, brackets or a zone (`fe80::1%eth0`),
  /// which means something on one machine only.
  package init?(_ text: String) {
    self.init(text: text.utf8.span)
  }

  /// The same from bytes.
  package init?(text: Span<UInt8>) {
    // The longest is an IPv6 address whose last four bytes are written as an IPv4 address.
    guard (2...45).contains(text.count) else { return nil }
    for index in text.indices where text[index] == UInt8(ascii: ":") {
      guard let groups = Self.groups(text) else { return nil }
      var halves: (high: UInt64, low: UInt64) = (0, 0)
      for place in 0..<4 { halves.high = halves.high << 16 | UInt64(groups[place]) }
      for place in 4..<8 { halves.low = halves.low << 16 | UInt64(groups[place]) }
      self.init(high: halves.high, low: halves.low)
      return
    }
    guard let number = Self.v4(text) else { return nil }
    self.init(v4: number)
  }

  /// Four decimal numbers without leading zeros, which some readers take for octal.
  private static func v4(_ text: Span<UInt8>) -> UInt32? {
    var address: UInt32 = 0
    var index = 0
    for place in 0..<4 {
      if place > 0 {
        guard index < text.count, text[index] == UInt8(ascii: ".") else { return nil }
        index += 1
      }
      let start = index
      var number: UInt32 = 0
      while index < text.count, index - start < 3, HTTPBytes.isDigit(text[index]) {
        number = number * 10 + UInt32(text[index] &- UInt8(ascii: "0"))
        index += 1
      }
      guard index > start, number < 256, index - start == 1 || text[start] != UInt8(ascii: "0") else { return nil }
      address = address << 8 | number
    }
    return index == text.count ? address : nil
  }

  /// The eight groups of an IPv6 address (RFC 4291 section 2.2).
  private static func groups(_ text: Span<UInt8>) -> InlineArray<8, UInt16>? {
    var groups = InlineArray<8, UInt16>(repeating: 0)
    var (count, index) = (0, 0)
    /// How many groups stand before the `::`.
    var gap: Int?
    if text.starts(with: "::") { (gap, index) = (0, 2) }
    while index < text.count {
      guard count < 8 else { return nil }
      let end = HTTPBytes.first(UInt8(ascii: ":"), text, in: index..<text.count) ?? text.count
      let piece = text.extracting(index..<end)
      if end == text.count, count <= 6, let tail = v4(piece) {
        groups[count] = UInt16(tail >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: tail)
        count += 2
        break
      }
      guard let group = hexadecimal(piece) else { return nil }
      groups[count] = group
      count += 1
      if end == text.count { break }
      index = end + 1
      guard index < text.count else { return nil }
      if text[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = count
        index += 1
      }
    }
    guard let gap else { return count == 8 ? groups : nil }
    return count < 8 ? spread(groups, count: count, gap: gap) : nil
  }

  /// Moves the groups behind the gap to the end.
  private static func spread(
    _ groups: InlineArray<8, UInt16>, count: Int, gap: Int
  ) -> InlineArray<8, UInt16> {
    var spread = InlineArray<8, UInt16>(repeating: 0)
    for place in 0..<count { spread[place < gap ? place : place + 8 - count] = groups[place] }
    return spread
  }

  private static func hexadecimal(_ text: Span<UInt8>) -> UInt16? {
    guard (1...4).contains(text.count) else { return nil }
    var value: UInt16 = 0
    for index in text.indices {
      guard let digit = HTTPBytes.hexValue(text[index]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}

extension IPAddress: CustomStringConvertible {
  /// The one spelling there is for it: dotted where it is IPv4, else as RFC 5952 section 4 writes IPv6.
  package var description: String {
    isV4 ? [24, 16, 8, 0].map { String(low >> $0 & 0xFF) }.joined(separator: ".") : v6Text
  }

  private var v6Text: String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * UInt64($0 % 4))) }
    let run = Self.longestRun(groups)
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard run.count > 1 else { return text(groups[...]) }
    return text(groups[..<run.lowerBound]) + "::" + text(groups[run.upperBound...])
  }

  /// The first of the longest runs of zeros.
  private static func longestRun(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for place in groups.indices {
      if groups[place] != 0 {
        start = place + 1
      } else if place + 1 - start > longest.count {
        longest = start..<place + 1
      }
    }
    return longest
  }
}
