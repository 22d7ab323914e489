import Glibc
import HubClient
import HubIO

/// One line on the terminal that says how far a stream has come, written over again.
final class ProgressLine: Sendable {
  private struct State {
    var began: Int64
    var shown: Int64
    var accepted = 0
    var isOpen = false
  }

  private let state: Lock<State>
  private let refused: RefusedLines
  private let isShown: Bool

  /// Faster than this nobody reads.
  private static let interval: Int64 = 100_000_000

  init(refused: RefusedLines, isShown: Bool) {
    self.refused = refused
    self.isShown = isShown
    let now = Self.now
    state = Lock(State(began: now, shown: now))
  }

  /// Events that the hub has taken, as far as was told.
  var accepted: Int { state.withLock { $0.accepted } }

  func show(_ progress: StreamProgress) {
    show(accepted: progress.accepted, failed: progress.failed, retries: progress.retries, trouble: progress.trouble)
  }

  /// - Parameters:
  ///   - failed: besides the lines that were refused.
  ///   - trouble: shown at once: nothing comes after it for a while.
  func show(accepted: Int, failed: Int, retries: Int = 0, trouble: String? = nil) {
    let now = Self.now
    let elapsed = state.withLock { state -> Int64? in
      state.accepted = accepted
      guard isShown, now - state.shown >= Self.interval || trouble != nil else { return nil }
      state.shown = now
      state.isOpen = true
      return now - state.began
    }
    guard let elapsed else { return }
    let rate = Int(Double(accepted) / (Double(elapsed) / 1e9))
    var line = "\(accepted) accepted, \(failed + refused.count) failed, \(rate) a second"
    if retries > 0 { line += ", sent again \(retries) times" }
    if let trouble { line += "; trying again: \(PrintableText.line(trouble))" }
    write("\r\u{1B}[K\(line)")
  }

  /// Takes the line away.
  func end() {
    let wasOpen = state.withLock { state in
      defer { state.isOpen = false }
      return state.isOpen
    }
    if wasOpen { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
