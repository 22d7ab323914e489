import HubWire
import Testing

@testable import HubClient

@Suite struct LineLedgerTests {
  private static func ledger(lines: Int = 100, bytes: Int = 1 << 20, holding count: Int = 0) -> LineLedger {
    var ledger = LineLedger(maximumLines: lines, maximumBytes: bytes, keyPrefix: "k")
    for number in 0..<count { ledger.add(envelope(number)) }
    return ledger
  }

  private static func envelope(_ number: Int, rooms: String = #""room":"a""#) -> [UInt8] {
    Array("{\(rooms),\"data\":\(number)}".utf8)
  }

  private static func accepted(_ offset: Int, room: String = "a", duplicate: Bool = false) throws -> ResultLine {
    let json = #"{"room":"\#(room)","position":"e-\#(offset)","subscribers":0,"duplicate":\#(duplicate)}"#
    return .accepted(try PublishReceipt(Array(json.utf8)))
  }

  private static func refused(_ code: String, isTemporary: Bool = false, status: Int = 400) -> ResultLine {
    .refused(Refusal(code: code, detail: "", isTemporary: isTemporary, status: status))
  }

  private static let unavailable = refused("ENGINE_UNAVAILABLE", isTemporary: true, status: 503)

  private static func sendAll(_ ledger: inout LineLedger) -> [String] {
    var sent: [String] = []
    while let line = ledger.takeNext() { sent.append(String(decoding: line, as: UTF8.self)) }
    return sent
  }

  @Test func `what is not answered is sent again, the same bytes in the same order`() throws {
    var ledger = Self.ledger(holding: 5)
    let first = Self.sendAll(&ledger)
    #expect(first.count == 5 && Set(first).count == 5)
    for offset in 1...2 { #expect(try ledger.take(Self.accepted(offset)) == nil) }
    ledger.beginAgain()
    #expect(Self.sendAll(&ledger) == Array(first[2...]))
    #expect(ledger.report.retries == 1 && ledger.settled == 2)
  }

  @Test func `a connection that is lost while no answer is due is no retry`() throws {
    var ledger = Self.ledger(holding: 1)
    ledger.beginAgain()
    _ = Self.sendAll(&ledger)
    _ = try ledger.take(Self.accepted(1))
    ledger.add(Self.envelope(2))
    ledger.beginAgain()
    #expect(ledger.report.retries == 0 && Self.sendAll(&ledger).count == 1)
    ledger.beginAgain()
    #expect(ledger.report.retries == 1)
  }

  @Test func `a line counts once, on whichever connection it is answered`() throws {
    var ledger = Self.ledger()
    ledger.add(Self.envelope(1, rooms: #""rooms":["a","b"]"#))
    _ = Self.sendAll(&ledger)
    #expect(try ledger.take(Self.accepted(1)) == nil)
    #expect(ledger.report.accepted == 0)
    ledger.beginAgain()
    _ = Self.sendAll(&ledger)
    _ = try ledger.take(Self.accepted(1, duplicate: true))
    _ = try ledger.take(Self.accepted(7, room: "b"))
    #expect(ledger.report.accepted == 2 && ledger.isEmpty && !ledger.isAnswerDue)
    #expect(ledger.report.last == ["a": Position(epoch: "e", offset: 1), "b": Position(epoch: "e", offset: 7)])
  }

  @Test func `a line that is refused for now stays, with everything behind it`() throws {
    var ledger = Self.ledger(holding: 3)
    let sent = Self.sendAll(&ledger)
    _ = try ledger.take(Self.accepted(1))
    let refusal = try ledger.take(Self.unavailable)
    #expect(refusal?.code == "ENGINE_UNAVAILABLE")
    ledger.beginAgain()
    #expect(Self.sendAll(&ledger) == Array(sent[1...]))
    #expect(ledger.report.failed == 0)
  }

  @Test func `a line that is refused for now in one of its rooms waits for its other results`() throws {
    var ledger = Self.ledger()
    ledger.add(Self.envelope(1, rooms: #""rooms":["a","b"]"#))
    _ = Self.sendAll(&ledger)
    #expect(try ledger.take(Self.unavailable) == nil)
    #expect(try ledger.take(Self.accepted(1, room: "b")) != nil)
    #expect(ledger.report.accepted == 0 && !ledger.isEmpty)
  }

  @Test func `a refusal for good fails its line alone, and an expired token is one`() throws {
    var ledger = Self.ledger()
    for line in ["", "{}", #"{"room":"a","data":1}"#] { ledger.add(Array(line.utf8)) }
    _ = Self.sendAll(&ledger)
    #expect(try ledger.take(Self.refused("INVALID_REQUEST")) == nil)
    #expect(try ledger.take(Self.refused("TOKEN_EXPIRED", isTemporary: true, status: 401)) == nil)
    #expect(ledger.report.errors.map(\.line) == [2, 3] && ledger.report.failed == 2 && ledger.isEmpty)
  }

  @Test func `there is room within both bounds, and always for one line`() throws {
    var few = Self.ledger(lines: 2, holding: 1)
    #expect(!few.isFull)
    few.add(Self.envelope(2))
    #expect(few.isFull)
    _ = Self.sendAll(&few)
    _ = try few.take(Self.accepted(1))
    #expect(!few.isFull)
    var small = Self.ledger(bytes: 10)
    #expect(!small.isFull)
    small.add(Self.envelope(1))
    #expect(small.isFull)
  }

  @Test func `it keeps nothing of what is settled`() throws {
    var ledger = Self.ledger()
    var sent = 0
    for number in 0..<1_000 {
      ledger.add(Self.envelope(number))
      sent += Self.sendAll(&ledger).count
      if number >= 10 { _ = try ledger.take(Self.accepted(number - 9)) }
    }
    #expect(sent == 1_000 && ledger.settled == 990)
    ledger.beginAgain()
    #expect(Self.sendAll(&ledger).first?.contains(#""id":"k-991""#) == true)
  }

  @Test func `results without a line are no hub's`() throws {
    var ledger = Self.ledger()
    #expect(throws: HubError.self) { try ledger.take(Self.accepted(1)) }
    #expect(throws: HubError.self) { try ledger.take(Self.refused("FORBIDDEN")) }
  }

  @Test func `a refusal of the stream is no line's result`() throws {
    var ledger = Self.ledger(holding: 2)
    let sent = Self.sendAll(&ledger)
    let refusal = Refusal(code: "INVALID_REQUEST", detail: "", isTemporary: false, status: 400)
    #expect(try ledger.take(.refusedStream(refusal)) == refusal)
    #expect(ledger.report.failed == 0 && ledger.settled == 0)
    ledger.beginAgain()
    #expect(Self.sendAll(&ledger) == sent)
    var empty = Self.ledger()
    #expect(try empty.take(.refusedStream(refusal)) == refusal)
  }
}
