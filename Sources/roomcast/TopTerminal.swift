import Glibc
import HubClient
import HubIO

/// The figures in place on a terminal, on a screen of their own that is taken away in the end.
final class TopTerminal: TopView, @unchecked Sendable {
  private let terminal = Terminal.output
  private var before: termios?
  private var shown: (size: Terminal.Size, lines: [String])?
  /// The other screen, without a cursor; and back.
  private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
  private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

  /// q, and what Ctrl-C and Ctrl-D send.
  private static let ending: Set<UInt8> = [UInt8(ascii: "q"), UInt8(ascii: "Q"), 3, 4]

  let wantsFirst = true

  func begin(on reactor: Reactor, end: @escaping @Sendable () -> Void) {
    var settings = termios()
    // Where standard input is no terminal, there are no keys.
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
      terminal.write(Self.enter)
      return
    }
    before = settings
    // Keys come one by one and unseen. Ctrl-C comes as one too, and Ctrl-Z does not leave the screen as it is.
    settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    // First: where this stops a command in the background, the screen must be as it was.
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    terminal.write(Self.enter)
    reactor.add(
      Keys(descriptor: STDIN_FILENO, reactor: reactor) { keys in
        if keys.isEmpty || keys.contains(where: Self.ending.contains) { end() }
      }, edgeTriggered: false)
  }

  func show(_ state: TopState) -> Bool { draw(state) }

  func tick(_ state: TopState) { _ = draw(state) }

  /// Only lines that have changed are written, so that nothing flickers.
  /// - Returns: false where the terminal is gone.
  private func draw(_ state: TopState) -> Bool {
    let size = terminal.size
    let lines = TopScreen(state, columns: size.columns, isLive: true).lines(now: TopSource.moment, rows: size.rows)
    var text = ""
    if shown?.size != size { text += "\u{1B}[2J" }
    let old = shown?.size == size ? shown?.lines ?? [] : []
    for (row, line) in lines.enumerated() where row >= old.count || old[row] != line {
      text += "\u{1B}[\(row + 1);1H\(line)\u{1B}[K"
    }
    if old.count > lines.count { text += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
    guard text.isEmpty || terminal.write(text) else { return false }
    shown = (size, lines)
    return true
  }

  func end() {
    terminal.write(Self.leave)
    if var before { tcsetattr(STDIN_FILENO, TCSANOW, &before) }
  }
}
