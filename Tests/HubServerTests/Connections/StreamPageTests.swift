import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct StreamPageTests {
  private static func stream(_ number: UInt64) -> StreamSummary {
    StreamSummary(
      id: ConnectionID(high: 0, low: number), kind: .webSocket, user: nil, address: IPAddress("127.0.0.1")!,
      subscriptions: 0)
  }

  @Test(arguments: 1...20)
  func `pages put together are all streams once, in order, however they are shown`(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let numbers = (0..<random.number(in: 0..<200)).map { _ in UInt64(random.number(in: 0..<1000)) }
    let limit = random.number(in: 1..<30)
    var seen: [UInt64] = []
    var after: ConnectionID?
    repeat {
      var page = StreamPage(StreamQuery(after: after, limit: limit))
      // In any order, and some of them twice.
      for number in numbers + numbers.reversed() { page.note(Self.stream(number)) }
      #expect(page.page.count <= limit)
      seen += page.page.map(\.id.low)
      after = page.next
    } while after != nil
    #expect(seen == Set(numbers).sorted())
  }

  @Test func `a page that is just full is the last`() {
    var page = StreamPage(StreamQuery(limit: 2))
    for number: UInt64 in [2, 1] { page.note(Self.stream(number)) }
    #expect(page.page.map(\.id.low) == [1, 2])
    #expect(page.next == nil)
    page.note(Self.stream(3))
    #expect(page.next == ConnectionID(high: 0, low: 2))
  }
}
