import HubTesting
import Testing

@testable import HubDisk

/// Leaping over what is broken.
@Suite struct LeapTests {
  @Test func `the end of a broken part is found exactly`() {
    for end: Int64 in 2...300 {
      #expect(Leap.next(after: 1, through: 1000) { $0 >= end } == end)
    }
    #expect(Leap.next(after: 1, through: 300) { $0 >= 300 } == 300)
    let last = Int64.max - 1
    #expect(Leap.next(after: 0, through: .max) { $0 >= last } == last)
  }

  @Test func `where nothing is left there is no end`() {
    #expect(Leap.next(after: 1, through: 1000) { _ in false } == nil)
    #expect(Leap.next(after: 7, through: 7) { _ in true } == nil)
    #expect(Leap.next(after: 0, through: .max) { _ in false } == nil)
  }

  @Test func `what it finds can be read, and what is before it cannot`() {
    for seed in Seeds.run(200) {
      var random = SeededRandom(seed: seed)
      let readable = (0...200).map { _ in random.once(in: 10) }
      guard let found = Leap.next(after: 0, through: 200, isReadable: { readable[Int($0)] }) else { continue }
      #expect(readable[Int(found)] && (found == 1 || !readable[Int(found) - 1]), "seed \(seed)")
    }
  }
}
