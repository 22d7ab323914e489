import Testing

@testable import HubLoad

@Suite struct PercentilePlotTests {
  private func plot(_ names: [String], _ microseconds: [Double] = [100, 1000, 10_000]) -> String {
    PercentilePlot(
      title: "a < b & \"c\"",
      curves: names.map { PercentilePlot.Curve(name: $0, latency: Samples.histogram(microseconds)) }
    ).svg
  }

  private func points(_ svg: String) -> [[(x: Double, y: Double)]] {
    svg.split(separator: "points=\"").dropFirst().map { rest in
      rest.prefix { $0 != "\"" }.split(separator: " ").map { point in
        let numbers = point.split(separator: ",").map { Double($0)! }
        return (numbers[0], numbers[1])
      }
    }
  }

  @Test func `there is a curve and a name for each case, and none without times`() {
    let svg = plot(["one", "two"])
    #expect(points(svg).count == 2 && svg.contains(">one</text>") && svg.contains(">two</text>"))
    #expect(points(plot(["none"], [])).isEmpty)
  }

  @Test func `a curve runs to the right and never down in time`() throws {
    let curve = try #require(points(plot(["one"])).first)
    #expect(curve.count == Percentiles.places.count + 1)
    for (before, after) in zip(curve, curve.dropFirst()) { #expect(after.x > before.x && after.y <= before.y) }
  }

  @Test func `each nine is as wide as the one before, and ten times the latency as high`() throws {
    let curve = try #require(points(plot(["one"])).first)
    func x(_ place: Double) -> Double { curve[Percentiles.places.firstIndex(of: place)!].x }
    #expect(abs((x(2) - x(1)) - (x(1) - x(0))) < 0.11)
    let scale = LogScale([100, 10_000])
    #expect(scale.share(of: 100) == 0 && abs(scale.share(of: 1000) - 0.5) < 1e-9 && scale.share(of: 10_000) == 1)
  }

  @Test func `the axes name what they show`() {
    let svg = plot(["one"])
    for label in [">50<", ">90<", ">99<", ">99.9<", ">max<", ">percentile<", ">latency<", ">100 µs<", ">10 ms<"] {
      #expect(svg.contains(label))
    }
  }

  @Test func `it has colours for light and for dark, and more cases than colours are drawn too`() {
    let svg = plot((0..<9).map { "case \($0)" })
    #expect(svg.contains("prefers-color-scheme: dark") && points(svg).count == 9)
  }

  @Test func `what is markup is escaped, and control characters are left out`() {
    let svg = plot(["<b>\u{1}"])
    #expect(svg.contains("a &lt; b &amp; &quot;c&quot;") && svg.contains("&lt;b&gt; ") && !svg.contains("<b>"))
  }

  @Test func `a scale is whole decades, at least one, and names them by their unit`() {
    #expect(LogScale([]).decades == 0...1 && LogScale([5]).decades == 0...1 && LogScale([3, 2e6]).decades == 0...7)
    #expect(LogScale([0.05, 5]).marks.map(\.label) == ["0.01 µs", "0.1 µs", "1 µs", "10 µs"])
    #expect(LogScale([1000, 1e6]).marks.map(\.label) == ["1 ms", "10 ms", "100 ms", "1 s"])
    #expect(LogScale([1, 10]).share(of: 0) == 0 && LogScale([1, 10]).share(of: 1e9) == 1)
  }
}
