import HubWire
import Testing

@Suite struct ConstantTimeTests {
  @Test func `bytes are equal where each one is and there are as many`() {
    let bytes = (0..<40).map { UInt8($0) }
    #expect(areEqual(bytes, bytes))
    #expect(areEqual([], []))
    #expect(!areEqual(bytes, Array(bytes.dropLast())))
    #expect(!areEqual(Array(bytes.dropLast()), bytes))
    #expect(!areEqual([], [0]))
    for place in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[place] ^= 1 << UInt8(bit)
        #expect(!areEqual(bytes, other))
      }
    }
  }

  @Test func `random bytes are as many as asked for, and others each time`() {
    #expect(RandomBytes.make(count: 32).count == 32)
    #expect(Set((0..<100).map { _ in RandomBytes.make(count: 16) }).count == 100)
  }

  private func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { ConstantTime.areEqual(left.span, right.span) }
}
