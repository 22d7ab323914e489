/// What one subscriber saw of its room's sequence numbers 0, 1, 2 …: holes, doubles and changes of order.
///
/// A ring of the last 512 numbers tells a late message from a repeated one. The running `digest` depends on the order, so that two
/// subscribers of a room who saw the same messages in different orders are found out even where publishers race.
struct SequenceCheck {
  enum Finding {
    case inOrder
    /// So many numbers are missing before this one, so far.
    case skipped(UInt64)
    /// One that was missing.
    case late
    case double
    /// Too old to tell late from double.
    case tooOld
  }

  private static let window: UInt64 = 512

  private var next: UInt64 = 0
  private var seen = InlineArray<8, UInt64>(repeating: 0)
  private(set) var digest: UInt64 = 0

  init(next: UInt64 = 0) {
    self.next = next
  }

  @inline(__always)
  mutating func take(_ number: UInt64) -> Finding {
    digest = (digest &+ number) &* 0x9E37_79B9_7F4A_7C15
    digest ^= digest &>> 29
    if number == next {
      next &+= 1
      mark(number)
      return .inOrder
    }
    return takeOutOfOrder(number)
  }

  @inline(never)
  private mutating func takeOutOfOrder(_ number: UInt64) -> Finding {
    if number > next {
      let skipped = number - next
      if skipped >= Self.window {
        seen = InlineArray(repeating: 0)
      } else {
        for passed in next..<number { seen[Self.word(of: passed)] &= ~Self.bit(of: passed) }
      }
      mark(number)
      next = number + 1
      return .skipped(skipped)
    }
    if next - number > Self.window { return .tooOld }
    if seen[Self.word(of: number)] & Self.bit(of: number) != 0 { return .double }
    mark(number)
    return .late
  }

  @inline(__always)
  private mutating func mark(_ number: UInt64) { seen[Self.word(of: number)] |= Self.bit(of: number) }

  @inline(__always)
  private static func word(of number: UInt64) -> Int { Int(truncatingIfNeeded: (number &>> 6) & 7) }

  @inline(__always)
  private static func bit(of number: UInt64) -> UInt64 { 1 &<< (number & 63) }
}
