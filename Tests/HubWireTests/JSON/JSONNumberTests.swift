import HubTesting
import HubWire
import Testing

@Suite struct JSONNumberTests {
  private func number(_ text: String) -> JSONNumber { JSONNumber(text.utf8) }

  @Test func `numbers are what they are worth, however they are written`() {
    for same in [
      ["1", "1.0", "10e-1", "0.1E+1", "1e0"], ["0", "-0", "0.000", "0e7", "-0.0E-3"],
      ["-1200", "-1.2e3", "-12E2", "-0.0012e6"], ["9007199254740993", "9007199254740993.0", "9.007199254740993e15"],
    ] {
      for text in same {
        #expect(number(text) == number(same[0]), "\(text)")
        #expect(number(text).hashValue == number(same[0]).hashValue)
      }
    }
    #expect(number("9007199254740993") != number("9007199254740992"))
    #expect(number("1e400") != number("1e401") && number("1e400") > number("9.99e399"))
  }

  @Test func `numbers are in the order of doubles, where doubles are exact`() {
    var random = SeededRandom(seed: 7)
    let texts = (0..<400).map { _ in "\(Double(random.number(in: 0..<2_000_001) - 1_000_000) / 64)" }
    for (left, right) in zip(texts, texts.dropFirst()) {
      let (a, b) = (Double(left) ?? 0, Double(right) ?? 0)
      #expect((number(left) < number(right)) == (a < b) && (number(left) == number(right)) == (a == b))
      #expect(number(left).isWhole == (a.rounded() == a))
    }
  }

  @Test func `exponents without end do not overflow`() {
    let nines = String(repeating: "9", count: 60)
    #expect(number("1e\(nines)") > number("1e400") && number("1e-\(nines)") < number("1e-400"))
    #expect(number("0e\(nines)") == number("0") && !number("1e-\(nines)").isWhole)
  }
}
