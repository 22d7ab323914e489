import HubTesting
import HubWire
import Testing

@Suite struct PlainRunTests {
  private func ends(_ bytes: [UInt8], from start: Int) -> (Int, Int) {
    (WordwisePlainRun.end(in: bytes.span, from: start), BytewisePlainRun.end(in: bytes.span, from: start))
  }

  @Test func `every byte ends a run or does not, alike in both ways and at every place`() {
    for byte in UInt8.min...UInt8.max {
      let isPlain = (0x20..<0x80).contains(byte) && byte != 0x22 && byte != 0x5C
      for length in [1, 7, 8, 9, 17] {
        for place in 0..<length {
          var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
          bytes[place] = byte
          let (wordwise, bytewise) = ends(bytes, from: 0)
          #expect(wordwise == (isPlain ? length : place))
          #expect(bytewise == wordwise)
        }
      }
    }
  }

  @Test func `random bytes end alike from every start`() {
    var random = RandomJSON(seed: 1)
    for _ in 0..<300 {
      let bytes = (0..<random.below(40)).map { _ in
        random.below(8) == 0 ? UInt8(truncatingIfNeeded: random.random.next()) : UInt8(0x20 + random.below(0x60))
      }
      for start in 0...bytes.count {
        let (wordwise, bytewise) = ends(bytes, from: start)
        #expect(wordwise == bytewise)
      }
    }
  }
}
