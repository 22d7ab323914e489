/// Reads the inside of a JSON string that is known to be valid (RFC 8259 section 7).
enum JSONUnescape {
  /// The text, and whether it is whole: half a surrogate pair, which the grammar allows, becomes U+FFFD.
  static func text(_ inside: ArraySlice<UInt8>) -> (text: String, isWhole: Bool) {
    guard inside.contains(UInt8(ascii: "\\")) else { return (String(decoding: inside, as: UTF8.self), true) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(inside.count)
    var isWhole = true
    var index = inside.startIndex
    while index < inside.endIndex {
      if inside[index] == UInt8(ascii: "\\") {
        let scalar = escape(inside, &index)
        if scalar == nil { isWhole = false }
        bytes.append(contentsOf: UTF8.encode(scalar ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter)
      } else {
        bytes.append(inside[index])
        index += 1
      }
    }
    return (String(decoding: bytes, as: UTF8.self), isWhole)
  }

  /// The character of the escape that begins at `index`, which moves behind it; nil for half a surrogate pair.
  private static func escape(_ inside: ArraySlice<UInt8>, _ index: inout Int) -> Unicode.Scalar? {
    let letter = inside[index + 1]
    guard letter == UInt8(ascii: "u") else {
      index += 2
      return simple(letter)
    }
    let unit = codeUnit(inside, index)
    index += 6
    guard UTF16.isLeadSurrogate(unit), index + 6 <= inside.endIndex, inside[index] == UInt8(ascii: "\\"),
      inside[index + 1] == UInt8(ascii: "u"), UTF16.isTrailSurrogate(codeUnit(inside, index))
    else { return Unicode.Scalar(unit) }
    let trail = codeUnit(inside, index)
    index += 6
    return Unicode.Scalar(0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(trail) & 0x3FF)
  }

  private static func simple(_ letter: UInt8) -> Unicode.Scalar {
    switch letter {
    case UInt8(ascii: "b"): "\u{08}"
    case UInt8(ascii: "f"): "\u{0C}"
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "t"): "\t"
    default: Unicode.Scalar(letter)
    }
  }

  /// The four hexadecimal digits of the `\u` that begins at `index`.
  private static func codeUnit(_ inside: ArraySlice<UInt8>, _ index: Int) -> UInt16 {
    var unit: UInt16 = 0
    for place in (index + 2)..<(index + 6) {
      let digit = inside[place]
      unit = unit << 4 | UInt16(digit < UInt8(ascii: "A") ? digit - UInt8(ascii: "0") : (digit | 0x20) - 87)
    }
    return unit
  }
}
