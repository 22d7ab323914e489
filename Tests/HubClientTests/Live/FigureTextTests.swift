import Testing

@testable import HubClient

@Suite struct FigureTextTests {
  @Test func `numbers have commas, and small ones a decimal`() {
    #expect(
      [nil, 0, 0.04, 0.5, 9.95, 12.7, 1234, 1_234_567].map(FigureText.number)
        == ["–", "0", "0", "0.5", "10", "13", "1,234", "1,234,567"])
  }

  @Test func `bytes go by thousands`() {
    #expect(
      [nil, 0, 999, 1500, 123_456, 5e9].map(FigureText.bytes) == ["–", "0 B", "999 B", "1.5 kB", "123 kB", "5.0 GB"])
  }

  @Test func `short times have the unit that suits them`() {
    #expect([nil, 12e-6, 0.0042, 0.25, 1.5].map(FigureText.time) == ["–", "12 µs", "4.20 ms", "250.0 ms", "1.5 s"])
  }

  @Test func `long ones have two units`() {
    #expect(
      [nil, 5_999, 61_000, 7_320_000, 90_000_000].map(FigureText.age)
        == ["–", "5 s", "1 min 1 s", "2 h 2 min", "1 d 1 h"])
  }

  @Test func `decimals are rounded, of negative numbers too`() {
    #expect(FigureText.decimal(-0.25, digits: 1) == "-0.3" && FigureText.decimal(1.005, digits: 0) == "1")
    #expect(FigureText.decimal(2.5, digits: 3) == "2.500" && FigureText.decimal(-0.001, digits: 1) == "0.0")
  }

  @Test func `huge numbers have no commas, and those that are none are dashes`() {
    #expect([1e300, -1e300].map(FigureText.number) == ["1e+300", "-1e+300"])
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(FigureText.number(value) == "–" && FigureText.bytes(value) == "–" && FigureText.time(value) == "–")
    }
  }

  @Test func `a sparkline takes what is no finite number for none`() {
    var line = Sparkline(most: 9)
    for value in [.infinity, .nan, -.infinity, .leastNonzeroMagnitude, 1e300, -1e300, 8] { line.add(value) }
    #expect(line.text(width: 9) == "   ▁█▁▁")
  }

  @Test func `a sparkline is as high as its greatest value, and blank where there was none`() {
    var line = Sparkline(most: 4)
    for value in [100, 0, nil, 4, 8] as [Double?] { line.add(value) }
    #expect(line.text(width: 10) == "▁ ▅█" && line.text(width: 2) == "▅█" && line.text(width: 0).isEmpty)
    #expect(line.text(width: -5).isEmpty)
  }
}
