/// The obvious way: one byte at a time. The twin that ``WordwisePlainRun`` is compared with.
package enum BytewisePlainRun: PlainRun {
  package static func end(in input: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < input.count, isPlain(input[index]) { index += 1 }
    return index
  }

  @inline(__always)
  static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}
