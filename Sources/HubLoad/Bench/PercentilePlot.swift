import Glibc

/// Latency percentiles as an SVG: one curve a case, on a scale on which each nine is as wide as the one before. A pure
/// value.
package struct PercentilePlot {
  package struct Curve {
    package let name: String
    package let latency: Percentiles

    package init(name: String, latency: Percentiles) {
      (self.name, self.latency) = (name, latency)
    }
  }

  private let title: String
  private let curves: [Curve]
  private let scale: LogScale

  /// The plot's own frame within the picture.
  private static let (left, top, width, height) = (70.0, 50.0, 560.0, 340.0)
  private static let (pictureWidth, pictureHeight) = (800.0, 450.0)
  /// Where the maximum stands: a nine behind the last percentile that is drawn.
  private static let last = (Percentiles.places.last ?? 0) + 1

  /// - Parameter curves: those without a time are left out.
  package init(title: String, curves: [Curve]) {
    self.title = title
    self.curves = curves.filter { $0.latency.count > 0 }
    scale = LogScale(self.curves.flatMap { $0.latency.curve + [$0.latency.maximum] })
  }

  package var svg: String {
    let size = "\(Self.pictureWidth.fixed(0)) \(Self.pictureHeight.fixed(0))"
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" role=\"img\" aria-label=\"\(Self.escaped(title))\">\n"
    text += Self.style
    text += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n"
    text += "<text class=\"title\" x=\"\(Self.left.fixed(0))\" y=\"28\">\(Self.escaped(title))</text>\n"
    text += percentileAxis + timeAxis
    for (number, curve) in curves.enumerated() { text += drawn(curve, number) }
    return text + "</svg>\n"
  }

  // MARK: Axes

  private var percentileAxis: String {
    let marks = [(0, "0"), (Percentiles.place(of: 50), "50"), (1, "90"), (2, "99"), (3, "99.9"), (Self.last, "max")]
    let bottom = Self.top + Self.height
    return marks.map { place, label in
      let x = Self.x(place).fixed(1)
      return "<line class=\"grid\" x1=\"\(x)\" y1=\"\(Self.top.fixed(0))\" x2=\"\(x)\" y2=\"\(bottom.fixed(0))\"/>\n"
        + "<text class=\"mark\" x=\"\(x)\" y=\"\((bottom + 18).fixed(0))\" text-anchor=\"middle\">\(label)</text>\n"
    }.joined() + "<text class=\"axis\" x=\"\((Self.left + Self.width / 2).fixed(0))\" y=\"\((bottom + 42).fixed(0))\" "
      + "text-anchor=\"middle\">percentile</text>\n"
  }

  private var timeAxis: String {
    let right = (Self.left + Self.width).fixed(0)
    let middle = (Self.top + Self.height / 2).fixed(0)
    return scale.marks.map { value, label in
      let y = y(value).fixed(1)
      return "<line class=\"grid\" x1=\"\(Self.left.fixed(0))\" y1=\"\(y)\" x2=\"\(right)\" y2=\"\(y)\"/>\n"
        + "<text class=\"mark\" x=\"\((Self.left - 8).fixed(0))\" y=\"\(y)\" dy=\"0.32em\" text-anchor=\"end\">\(label)</text>\n"
    }.joined() + "<text class=\"axis\" x=\"18\" y=\"\(middle)\" text-anchor=\"middle\" "
      + "transform=\"rotate(-90 18 \(middle))\">latency</text>\n"
  }

  // MARK: Curves

  private func drawn(_ curve: Curve, _ number: Int) -> String {
    var points = zip(Percentiles.places, curve.latency.curve).map { (Self.x($0), y($1)) }
    points.append((Self.x(Self.last), y(curve.latency.maximum)))
    let text = points.map { "\($0.fixed(1)),\($1.fixed(1))" }.joined(separator: " ")
    let color = "c\(number % Self.colors.count)"
    let legend = Self.top + 12 + 22 * Double(number)
    let x = Self.left + Self.width + 18
    return
      "<polyline class=\"curve \(color)\" points=\"\(text)\"><title>\(Self.escaped(curve.name))</title></polyline>\n"
      + "<line class=\"curve \(color)\" x1=\"\(x.fixed(0))\" y1=\"\(legend.fixed(0))\" x2=\"\((x + 22).fixed(0))\" y2=\"\(legend.fixed(0))\"/>\n"
      + "<text class=\"mark\" x=\"\((x + 30).fixed(0))\" y=\"\(legend.fixed(0))\" dy=\"0.32em\">\(Self.escaped(curve.name))</text>\n"
  }

  private static func x(_ place: Double) -> Double { left + width * place / last }

  private func y(_ microseconds: Double) -> Double {
    Self.top + Self.height * (1 - scale.share(of: microseconds))
  }

  // MARK: Looks

  /// On light ground, and on dark.
  private static let colors = [
    ("#2563eb", "#60a5fa"), ("#dc2626", "#f87171"), ("#16a34a", "#4ade80"), ("#9333ea", "#c084fc"),
    ("#d97706", "#fbbf24"), ("#0891b2", "#22d3ee"), ("#64748b", "#cbd5e1"),
  ]

  private static var style: String {
    let light = colors.enumerated().map { ".c\($0) { stroke: \($1.0) }" }.joined(separator: "\n")
    let dark = colors.enumerated().map { "  .c\($0) { stroke: \($1.1) }" }.joined(separator: "\n")
    return """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #1f2937 }
      .title { font-size: 16px; font-weight: 600 }
      .ground { fill: #ffffff }
      .grid { stroke: #e5e7eb }
      .curve { fill: none; stroke-width: 2; stroke-linejoin: round }
      \(light)
      @media (prefers-color-scheme: dark) {
        text { fill: #e5e7eb }
        .ground { fill: #111827 }
        .grid { stroke: #374151 }
      \(dark)
      }
      </style>

      """
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML 1.0 has no control characters.
      case _ where character.value < 0x20: result += " "
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
