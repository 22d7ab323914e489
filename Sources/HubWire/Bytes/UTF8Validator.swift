/// Checks UTF-8 as it arrives, in pieces of any size (RFC 3629; Unicode table 3-7).
///
/// Between pieces it remembers how many bytes the character under way still needs and the range the next of them must
/// lie in. The range is what refuses overlong forms (`E0 80`), surrogates (`ED A0`) and values past U+10FFFF (`F4 90`)
/// at their second byte: a peer is told at the first byte that nothing can mend.
package struct UTF8Validator: Sendable {
  /// How many continuation bytes the character under way still needs: 0 to 3.
  private var needed: UInt8 = 0
  /// The least value of the next continuation byte. Above ``upper`` once the text is invalid, so that it stays so.
  private var lower: UInt8 = 0x80
  /// The greatest value of the next continuation byte.
  private var upper: UInt8 = 0xBF

  package init() {}

  /// Whether the text so far does not end in the middle of a character.
  package var isComplete: Bool { needed == 0 }

  /// Whether the whole of `bytes` is UTF-8.
  package static func isValid(_ bytes: Span<UInt8>) -> Bool {
    var validator = UTF8Validator()
    return validator.consume(bytes) && validator.isComplete
  }

  /// Takes the next piece of the text.
  ///
  /// - Returns: False as soon as no continuation could make the text valid, and from then on.
  package mutating func consume(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while needed > 0, index < bytes.count {
      guard consume(bytes[index]) else { return false }
      index &+= 1
    }
    guard needed == 0 else { return lower <= upper }
    index = unsafe bytes.withUnsafeBytes { unsafe Self.skipWholeCharacters($0, from: index) }
    while index < bytes.count {
      guard consume(bytes[index]) else { return false }
      index &+= 1
    }
    return true
  }

  /// Takes one byte: the plain form of ``consume(_:)-(Span<UInt8>)``, which must agree with it.
  package mutating func consume(_ byte: UInt8) -> Bool {
    if needed > 0 {
      guard lower <= byte, byte <= upper else { return fail() }
      needed &-= 1
      lower = 0x80
      upper = 0xBF
      return true
    }
    switch byte {
    case 0x00...0x7F: return true
    case 0xC2...0xDF: needed = 1
    case 0xE0...0xEF:
      needed = 2
      if byte == 0xE0 { lower = 0xA0 }
      if byte == 0xED { upper = 0x9F }
    case 0xF0...0xF4:
      needed = 3
      if byte == 0xF0 { lower = 0x90 }
      if byte == 0xF4 { upper = 0x8F }
    default: return fail()
    }
    return true
  }

  private mutating func fail() -> Bool {
    needed = 1
    lower = 1
    upper = 0
    return false
  }
}

extension UTF8Validator {
  /// The fast path: passes whole characters, eight bytes at a time where they are ASCII.
  ///
  /// - Returns: The index of the first byte that it leaves to the byte-wise path: a character that is invalid, or too
  ///   close to the end to load four bytes.
  @unsafe
  private static func skipWholeCharacters(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard let base = bytes.baseAddress else { return start }
    let end = bytes.count
    var index = start
    while index &+ 8 <= end {
      let word = unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let marks = word & 0x8080_8080_8080_8080
      if marks == 0 {
        index &+= 8
        continue
      }
      index &+= marks.trailingZeroBitCount &>> 3
      // A run of characters past ASCII is usually long: stay here until it ends.
      while index &+ 4 <= end {
        let four = unsafe UInt32(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        if four & 0x80 == 0 { break }
        let length = lengthOfCharacter(four)
        if length == 0 { return index }
        index &+= length
      }
    }
    return index
  }

  /// The length of the character past ASCII that `four` bytes, the first one lowest, begin with; 0 where it is invalid.
  @inline(__always)
  private static func lengthOfCharacter(_ four: UInt32) -> Int {
    if four & 0x00_C0_F0 == 0x00_80_E0, four & 0xC0_0000 == 0x80_0000 {
      // The bits that E0 and ED put a bound on: the low four of the first byte, and bit 5 of the second.
      let bound = four & 0x20_0F
      return bound == 0x00_00 || bound == 0x20_0D ? 0 : 3
    }
    if four & 0xC0_E0 == 0x80_C0 {
      return four & 0x1E == 0 ? 0 : 2
    }
    if four & 0xC0C0_C0F8 == 0x8080_80F0 {
      // First byte and the upper bits of the second together are bits 16 to 20 of the scalar: 1 to 16.
      let plane = (four & 0x07) &<< 2 | (four &>> 12) & 0x03
      return plane == 0 || plane > 16 ? 0 : 4
    }
    return 0
  }
}
