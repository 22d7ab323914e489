import HubClient
import HubIO

/// The figures of each interval on standard output: as text, or as a line of JSON.
final class TopLines: TopView {
  private let isJSON: Bool
  private static let columns = 100

  init(isJSON: Bool) {
    self.isJSON = isJSON
  }

  func begin(on reactor: Reactor, end: @escaping @Sendable () -> Void) {}

  func show(_ state: TopState) -> Bool {
    if !isJSON {
      let lines = TopScreen(state, columns: Self.columns, isLive: false).lines(now: TopSource.moment)
      return StandardOutput.write(Array((lines.joined(separator: "\n") + "\n\n").utf8))
    }
    if let absence = state.absence {
      return StandardOutput.write(line: TopJSON.line(absence: absence.reason, time: TopSource.time, hub: state.hub))
    }
    return state.figures.map { StandardOutput.write(line: TopJSON.line($0, hub: state.hub)) } ?? true
  }

  func tick(_ state: TopState) {}

  let wantsFirst = false

  func end() {}
}
