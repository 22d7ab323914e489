import Testing

@testable import HubClient

@Suite struct StateBoardTests {
  private static func all(_ states: AsyncStream<ConnectionState>) async -> [ConnectionState] {
    await states.reduce(into: []) { $0.append($1) }
  }

  @Test func `whoever looks sees the state now, and then each change`() async {
    let board = StateBoard()
    let early = board.stream()
    board.show(.catchingUp)
    board.show(.catchingUp)
    let late = board.stream()
    board.show(.live)
    board.finish()
    #expect(await Self.all(early) == [.connecting, .catchingUp, .live])
    #expect(await Self.all(late) == [.catchingUp, .live])
    #expect(await Self.all(board.stream()) == [.live] && board.current == .live)
  }

  @Test func `of one who lags the newest are kept`() async {
    let board = StateBoard()
    let states = board.stream()
    for number in 0..<100 { board.show(.offline(reason: "\(number)", retryIn: nil)) }
    board.finish()
    let seen = await Self.all(states)
    #expect(seen.count == 16 && seen.last == .offline(reason: "99", retryIn: nil))
  }
}
