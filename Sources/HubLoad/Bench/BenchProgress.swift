/// The line that tells how far a benchmark is. A pure value.
package struct BenchProgress {
  /// Cases times runs, and how many of them are over.
  private let total: Int
  private var done = 0
  private static let barWidth = 20

  package init(total: Int) {
    self.total = total
  }

  package mutating func finishRun() {
    done += 1
  }

  /// - Parameters:
  ///   - name: of the case at hand.
  ///   - width: of the terminal; the line stays below it.
  package func line(_ name: String, _ progress: LoadProgress, width: Int) -> String {
    let share = min(1, (Double(done) + progress.fraction) / Double(max(1, total)))
    let filled = Int(share * Double(Self.barWidth))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
    var line = "\(bar) \((100 * share).fixed(0)) %  \(name): \(progress.phase.word)"
    if progress.phase == .connecting { line += ", \(BenchTable.count(Double(progress.subscribed))) subscribed" }
    if progress.deliveries > 0 {
      line += ", \(BenchTable.count(Double(progress.deliveries))) deliveries"
    } else if progress.publishes > 0 {
      line += ", \(BenchTable.count(Double(progress.publishes))) publishes"
    }
    return String(line.prefix(max(0, width - 1)))
  }
}
