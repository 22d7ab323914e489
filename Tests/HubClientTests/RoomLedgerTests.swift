import HubWire
import Testing

@testable import HubClient

@Suite struct RoomLedgerTests {
  private static let welcome = #"{"type":"welcome","connection":"c","node":"n","ping":25}"#

  private static func ledger(_ names: [String], after: ResumePoint? = nil) throws -> RoomLedger {
    RoomLedger(try names.map { (try RoomName($0), after) })
  }

  private static func event(_ offset: Int, epoch: String = "e", room: String = "a") -> String {
    #"{"type":"event","room":"\#(room)","offset":\#(offset),"position":"\#(epoch)-\#(offset)","event":"x","data":1,"time":2}"#
  }

  private static func subscribed(_ position: String, room: String = "a", recovered: Bool? = nil) -> String {
    let recovered = recovered.map { #","recovered":\#($0)"# } ?? ""
    return #"{"type":"subscribed","id":1,"room":"\#(room)","position":"\#(position)"\#(recovered)}"#
  }

  /// What the messages make the ledger do, one word each.
  private static func play(_ messages: [String], _ ledger: inout RoomLedger) throws -> [String] {
    try messages.flatMap { try ledger.receive(Array($0.utf8)).map(word) }
  }

  private static func word(_ step: RoomLedger.Step) -> String {
    switch step {
    case .tell(.event(let event)): "event \(event.position.map { "\($0)" } ?? "-")"
    case .tell(.gap(_, let from, let position)): "gap \(from) \(position)"
    case .tell(.subscribed(let room, let position, let recovered)):
      "subscribed \(room) \(position) \(recovered.map { "\($0)" } ?? "-")"
    case .tell(.notRecovered(let room, let position)): "not recovered \(room) \(position)"
    case .tell(.refused(let room, let refusal)): "refused \(room) \(refusal.code)"
    case .tell(.unsubscribed(let room, _)): "unsubscribed \(room)"
    case .tell(.connected): "connected"
    case .tell: "else"
    case .welcomed(let ping): "ping \(ping)"
    case .comeBack(let delay): "come back \(delay)"
    case .askLater: "ask later"
    case .send(let json): String(decoding: json, as: UTF8.self)
    case .nothingLeft: "nothing left"
    }
  }

  @Test func asksForAllRoomsOnceWelcomed() throws {
    var ledger = try Self.ledger(["a", "b", "a"], after: .earliest)
    #expect(
      try Self.play([Self.welcome], &ledger) == [
        "ping 25", "connected",
        #"{"type":"subscribe","id":1,"rooms":[{"room":"a","after":"earliest"},{"room":"b","after":"earliest"}]}"#,
      ])
  }

  @Test func deliversEachOffsetOnceAndInOrder() throws {
    var ledger = try Self.ledger(["a"])
    let messages = [Self.welcome, Self.subscribed("e-0")] + [1, 2, 2, 1, 3].map { Self.event($0) }
    #expect(
      try Self.play(messages, &ledger).suffix(4) == ["subscribed a e-0 -", "event e-1", "event e-2", "event e-3"])
  }

  @Test func aHoleThatNobodyExplainsIsTold() throws {
    var ledger = try Self.ledger(["a"])
    let messages = [Self.welcome, Self.subscribed("e-0"), Self.event(1), Self.event(4)]
    #expect(try Self.play(messages, &ledger).suffix(3) == ["event e-1", "gap e-1 e-3", "event e-4"])
  }

  @Test func aSkipIsProgressWithoutAnEvent() throws {
    var ledger = try Self.ledger(["a"])
    let skip = #"{"type":"skip","room":"a","offset":2,"position":"e-2"}"#
    let messages = [Self.welcome, Self.subscribed("e-0"), Self.event(1), skip, Self.event(2), Self.event(3)]
    #expect(try Self.play(messages, &ledger).suffix(2) == ["event e-1", "event e-3"])
  }

  @Test func anEphemeralEventHasNoPlaceAndIsAlwaysTold() throws {
    var ledger = try Self.ledger(["a"])
    let ephemeral = #"{"type":"event","room":"a","event":"x","data":1,"time":2}"#
    let messages = [Self.welcome, Self.subscribed("e-0"), ephemeral, Self.event(1), ephemeral]
    #expect(try Self.play(messages, &ledger).suffix(3) == ["event -", "event e-1", "event -"])
  }

  @Test func theNextConnectionResumesWhatEachRoomHasReached() throws {
    var ledger = try Self.ledger(["a", "b"])
    let gap = #"{"type":"gap","room":"b","from":"e-0","position":"e-9"}"#
    _ = try Self.play(
      [Self.welcome, Self.subscribed("e-0"), Self.subscribed("e-0", room: "b"), Self.event(1), gap], &ledger)
    ledger.connectionEnded()
    let again = #"{"type":"subscribe","id":2,"rooms":[{"room":"a","after":"e-1"},{"room":"b","after":"e-9"}]}"#
    #expect(try Self.play([Self.welcome], &ledger).last == again)
    // The hub is not believed that it sends nothing twice.
    let messages = [Self.subscribed("e-1", recovered: true), Self.event(1), Self.event(2)]
    #expect(try Self.play(messages, &ledger) == ["subscribed a e-1 true", "event e-2"])
  }

  @Test func whatIsNotRecoveredGoesOnInTheNewEpoch() throws {
    var ledger = try Self.ledger(["a"], after: .position(Position(epoch: "e", offset: 7)))
    let messages = [Self.welcome, Self.subscribed("f-2", recovered: false), Self.event(3, epoch: "f")]
    #expect(
      try Self.play(messages, &ledger).suffix(3)
        == ["subscribed a f-2 false", "not recovered a f-2", "event f-3"])
  }

  @Test func oneRefusedRoomHarmsNoOther() throws {
    var ledger = try Self.ledger(["a", "b"])
    let refusal = #"{"type":"error","id":1,"room":"a","code":"FORBIDDEN","detail":"no","temporary":false}"#
    let later = #"{"type":"error","id":1,"room":"b","code":"ENGINE_UNAVAILABLE","detail":"away","temporary":true}"#
    _ = try Self.play([Self.welcome], &ledger)
    #expect(
      try Self.play([refusal, later], &ledger)
        == ["refused a FORBIDDEN", "refused b ENGINE_UNAVAILABLE", "ask later"])
    #expect(
      ledger.requests().map { String(decoding: $0, as: UTF8.self) } == [
        #"{"type":"subscribe","id":2,"rooms":[{"room":"b"}]}"#
      ])
    #expect(ledger.requests().isEmpty)
  }

  @Test func withoutAnyRoomLeftItEnds() throws {
    var ledger = try Self.ledger(["a"])
    let gone = #"{"type":"unsubscribed","room":"a","code":"FORBIDDEN"}"#
    #expect(try Self.play([Self.welcome, gone], &ledger).suffix(2) == ["unsubscribed a", "nothing left"])
  }

  @Test func aHubThatTakesFewerRoomsAtOnceIsAskedInHalves() throws {
    var ledger = try Self.ledger(["a", "b", "c"])
    _ = try Self.play([Self.welcome], &ledger)
    let tooMany = #"{"type":"error","id":1,"code":"TOO_MANY_ROOMS","detail":"…","temporary":true}"#
    #expect(
      try Self.play([tooMany], &ledger) == [
        #"{"type":"subscribe","id":2,"rooms":[{"room":"a"}]}"#,
        #"{"type":"subscribe","id":3,"rooms":[{"room":"b"},{"room":"c"}]}"#,
      ])
  }

  @Test func manyRoomsAreAskedForInSeveralMessages() throws {
    var ledger = try Self.ledger((0..<250).map { "room-\($0)" })
    #expect(ledger.requests().count == 3)
    #expect(ledger.requests().isEmpty)
  }

  @Test func aDrainingHubSaysWhenToComeBack() throws {
    var ledger = try Self.ledger(["a"])
    #expect(try Self.play([#"{"type":"reconnect","delay":1830}"#], &ledger) == ["come back 1.83 seconds"])
  }
}
