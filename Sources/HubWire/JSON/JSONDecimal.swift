/// Whole numbers in decimal digits, written in place.
enum JSONDecimal {
  /// How many digits the number has.
  @inline(__always)
  static func count(_ number: UInt64) -> Int {
    var count = 1
    var rest = number
    while rest >= 10_000 {
      rest /= 10_000
      count &+= 4
    }
    return count &+ (rest >= 1_000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
  }

  /// Writes as many digits as ``count(_:)`` says, the last one first.
  @inline(__always)
  static func write(_ number: UInt64, to output: inout OutputSpan<UInt8>) {
    let digits = count(number)
    precondition(output.freeCapacity >= digits)
    unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
      var rest = number
      var index = filled &+ digits
      filled = index
      repeat {
        index &-= 1
        unsafe buffer[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
    }
  }
}
