/// Eight bytes at a time, with the carry trick for "has a byte below n" in place of eight comparisons.
package enum WordwisePlainRun: PlainRun {
  @inline(__always)
  package static func end(in input: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index &+ 8 <= input.count {
      let word = unsafe input.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      let marks = marksOfOthers(in: UInt64(littleEndian: word))
      if marks != 0 { return index &+ marks.trailingZeroBitCount >> 3 }
      index &+= 8
    }
    while index < input.count, BytewisePlainRun.isPlain(input[index]) { index &+= 1 }
    return index
  }

  /// A word whose lowest set bit is the top bit of the first byte that is not plain.
  ///
  /// A borrow can mark bytes above a true mark wrongly, never below it, so only the lowest one counts.
  @inline(__always)
  private static func marksOfOthers(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
    let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
    let equal = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
    let control = (word &- ones &* 0x20) & ~word
    return (equal | control | word) & (ones &* 0x80)
  }
}
