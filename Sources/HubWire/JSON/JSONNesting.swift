/// What is open at one point of a JSON text: one bit a level, set for an object.
package struct JSONNesting {
  /// How many levels fit.
  package static let capacity = 512

  private var levels: InlineArray<8, UInt64> = .init(repeating: 0)
  /// The innermost level's bit, kept at hand because it is asked for at every comma.
  private(set) var isInObject = false
  private(set) var depth = 0

  @inline(__always)
  mutating func open(object: Bool, at offset: Int, limit: Int) throws(JSONError) {
    guard depth < limit else { throw JSONError(offset: offset, reason: "nested deeper than \(limit) levels") }
    let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: depth & 63)
    if object { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
    isInObject = object
    depth &+= 1
  }

  @inline(__always)
  mutating func close() {
    depth &-= 1
    guard depth > 0 else { return }
    let last = depth &- 1
    isInObject = levels[last >> 6] >> UInt64(truncatingIfNeeded: last & 63) & 1 == 1
  }
}
