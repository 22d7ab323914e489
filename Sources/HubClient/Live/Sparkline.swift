/// The last values of a figure, drawn in a line of text. A pure value.
package struct Sparkline: Sendable {
  /// The oldest first; nil where there was none.
  private var values: [Double?] = []
  private let most: Int
  private static let steps: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// - Parameter most: how many values are kept.
  package init(most: Int) {
    self.most = most
  }

  /// A value that is infinite or no number is none.
  package mutating func add(_ value: Double?) {
    values.append(value.flatMap { $0.isFinite ? $0 : nil })
    if values.count > most { values.removeFirst() }
  }

  /// The newest at the right, the greatest of those shown as high as can be; a blank where there was none.
  package func text(width: Int) -> String {
    let shown = values.suffix(max(0, width))
    let greatest = shown.compactMap { $0 }.max() ?? 0
    return String(
      shown.map { value -> Character in
        guard let value else { return " " }
        guard greatest > 0, value > 0 else { return Self.steps[0] }
        return Self.steps[min(Self.steps.count - 1, Int(value / greatest * Double(Self.steps.count)))]
      })
  }
}
