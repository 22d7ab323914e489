/// Crosses text that ``JSONScanner`` has found valid: it only finds where things end, and checks nothing again.
enum JSONWalk {
  @inline(__always)
  static func skipWhitespace(_ input: Span<UInt8>, _ index: inout Int) {
    while index < input.count, input[index] <= 0x20 { index &+= 1 }
  }

  /// Skips what stands between two elements or members.
  @inline(__always)
  static func skipToNext(_ input: Span<UInt8>, _ index: inout Int) {
    while index < input.count, input[index] <= 0x20 || input[index] == UInt8(ascii: ",") { index &+= 1 }
  }

  /// The whole text without the whitespace around it.
  static func trimmed(_ input: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = input.count
    skipWhitespace(input, &start)
    while end > start, input[end - 1] <= 0x20 { end &-= 1 }
    return start..<end
  }

  /// The place of the value that begins at `index`, which moves behind it.
  static func skipValue(_ input: Span<UInt8>, _ index: inout Int) -> Range<Int> {
    let start = index
    switch input[index] {
    case UInt8(ascii: "\""): skipString(input, &index)
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer(input, &index)
    default: skipScalar(input, &index)
    }
    return start..<index
  }

  private static func skipString(_ input: Span<UInt8>, _ index: inout Int) {
    index &+= 1
    while true {
      index = WordwisePlainRun.end(in: input, from: index)
      switch input[index] {
      case UInt8(ascii: "\""):
        index &+= 1
        return
      case UInt8(ascii: "\\"): index &+= 2
      default: index &+= 1
      }
    }
  }

  private static func skipContainer(_ input: Span<UInt8>, _ index: inout Int) {
    var depth = 0
    repeat {
      switch input[index] {
      case UInt8(ascii: "\""): skipString(input, &index)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth &+= 1
        index &+= 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth &-= 1
        index &+= 1
      default: index &+= 1
      }
    } while depth > 0
  }

  /// Numbers and literals end where something stands that cannot be in them.
  private static func skipScalar(_ input: Span<UInt8>, _ index: inout Int) {
    while index < input.count {
      switch input[index] {
      case 0...0x20, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): return
      default: index &+= 1
      }
    }
  }
}
