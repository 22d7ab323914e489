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

  private static func subscribed(
    _ position: String, room: String = "a", recovered: Bool? = nil, id: Int? = 1, newest: String? = nil,
    members: String? = nil
  ) -> String {
    let id = id.map { #","id":\#($0)"# } ?? ""
    let recovered = recovered.map { #","recovered":\#($0)"# } ?? ""
    let newest = newest.map { #","newest":"\#($0)""# } ?? ""
    let members = members.map { #","members":[\#($0)]"# } ?? ""
    return #"{"type":"subscribed"\#(id),"room":"\#(room)","position":"\#(position)"\#(recovered)\#(newest)\#(members)}"#
  }

  private static func texts(_ messages: [[UInt8]]) -> [String] { messages.map { String(decoding: $0, as: UTF8.self) } }

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
    case .tell(.notRecovered(let room, let from, let position)):
      "not recovered \(room) \(from.map { "\($0)" } ?? "-") \(position)"
    case .tell(.refused(let room, let refusal)): "refused \(room) \(refusal.code)"
    case .tell(.unsubscribed(let room, _)): "unsubscribed \(room)"
    case .tell(.connected): "connected"
    case .tell(.joined(let room, let member)): "joined \(room) \(member.user)"
    case .tell(.left(let room, let member)): "left \(room) \(member.user)"
    case .tell(.members(let room, let members)): "members \(room) \(members.map(\.user))"
    case .tell: "else"
    case .welcomed(let ping): "ping \(ping)"
    case .comeBack(let delay): "come back \(delay)"
    case .askLater: "ask later"
    case .send(let json): String(decoding: json, as: UTF8.self)
    case .ended(let room, let refusal): "ended \(room) \(refusal.code)"
    case .tokenExpired: "token expired"
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
    let messages = [Self.subscribed("e-1", recovered: true, id: 2), Self.event(1), Self.event(2)]
    #expect(try Self.play(messages, &ledger) == ["subscribed a e-1 true", "event e-2"])
  }

  @Test func whatIsNotRecoveredGoesOnInTheNewEpoch() throws {
    var ledger = try Self.ledger(["a"], after: .position(Position(epoch: "e", offset: 7)))
    let messages = [Self.welcome, Self.subscribed("f-2", recovered: false), Self.event(3, epoch: "f")]
    #expect(
      try Self.play(messages, &ledger).suffix(3)
        == ["subscribed a f-2 false", "not recovered a e-7 f-2", "event f-3"])
  }

  @Test func oneRefusedRoomHarmsNoOther() throws {
    var ledger = try Self.ledger(["a", "b"])
    let refusal = #"{"type":"error","id":1,"room":"a","code":"FORBIDDEN","detail":"no","temporary":false}"#
    let later = #"{"type":"error","id":1,"room":"b","code":"ENGINE_UNAVAILABLE","detail":"away","temporary":true}"#
    _ = try Self.play([Self.welcome], &ledger)
    #expect(
      try Self.play([refusal, later], &ledger)
        == ["refused a FORBIDDEN", "ended a FORBIDDEN", "refused b ENGINE_UNAVAILABLE", "ask later"])
    #expect(
      ledger.requests().map { String(decoding: $0, as: UTF8.self) } == [
        #"{"type":"subscribe","id":2,"rooms":[{"room":"b"}]}"#
      ])
    #expect(ledger.requests().isEmpty)
  }

  @Test func aRoomThatIsTakenAwayEnds() throws {
    var ledger = try Self.ledger(["a"])
    let gone = #"{"type":"unsubscribed","room":"a","code":"FORBIDDEN"}"#
    #expect(
      try Self.play([Self.welcome, Self.subscribed("e-0"), gone], &ledger).suffix(2)
        == ["unsubscribed a", "ended a FORBIDDEN"])
    #expect(ledger.requests().isEmpty && ledger.isUpToDate)
  }

  // MARK: Rooms that come and go

  @Test func aRoomThatIsAddedIsAskedForAlone() throws {
    var ledger = try Self.ledger(["a"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0")], &ledger)
    ledger.add(RoomWish(try RoomName("b"), presence: Array(#"{"n":1}"#.utf8)))
    ledger.add(RoomWish(try RoomName("a"), after: .earliest))
    #expect(
      Self.texts(ledger.requests()) == [#"{"type":"subscribe","id":2,"rooms":[{"room":"b","presence":{"n":1}}]}"#])
  }

  @Test func whatComesOfARoomThatWasLeftIsNoNews() throws {
    var ledger = try Self.ledger(["a"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0"), Self.event(1)], &ledger)
    #expect(Self.texts(ledger.remove("a")) == [#"{"type":"unsubscribe","id":2,"room":"a"}"#])
    let skip = #"{"type":"skip","room":"a","offset":3,"position":"e-3"}"#
    let gap = #"{"type":"gap","room":"a","from":"e-3","position":"e-9"}"#
    let ephemeral = #"{"type":"event","room":"a","event":"x","data":1,"time":2}"#
    let join = #"{"type":"join","room":"a","member":{"user":"ann"}}"#
    let answer = #"{"type":"unsubscribed","id":2,"room":"a"}"#
    #expect(try Self.play([Self.event(2), skip, gap, ephemeral, join, answer], &ledger) == [])
    #expect(ledger.remove("a") == [] && ledger.requests() == [])
  }

  @Test func aRoomThatIsLeftAndWantedAgainCountsFromItsNewAnswerOn() throws {
    var ledger = try Self.ledger(["a"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0"), Self.event(1)], &ledger)
    _ = ledger.remove("a")
    ledger.add(RoomWish(try RoomName("a"), after: .earliest))
    #expect(
      Self.texts(ledger.requests()) == [#"{"type":"subscribe","id":3,"rooms":[{"room":"a","after":"earliest"}]}"#])
    // Those of the subscription that has ended may still come, its answer too.
    let old = [Self.event(2), Self.subscribed("e-0"), #"{"type":"unsubscribed","id":2,"room":"a"}"#, Self.event(5)]
    #expect(try Self.play(old, &ledger) == [])
    #expect(
      try Self.play([Self.subscribed("e-0", recovered: true, id: 3), Self.event(1)], &ledger)
        == ["subscribed a e-0 true", "event e-1"])
  }

  @Test func aRoomThatIsPausedGoesOnWhereItWas() throws {
    var ledger = try Self.ledger(["a"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0"), Self.event(1), Self.event(2)], &ledger)
    #expect(Self.texts(ledger.pause("a")) == [#"{"type":"unsubscribe","id":2,"room":"a"}"#])
    #expect(ledger.pause("a") == [] && ledger.requests() == [] && !ledger.isUpToDate)
    #expect(try Self.play([Self.event(3), Self.event(4)], &ledger) == [])
    ledger.resume("a")
    #expect(Self.texts(ledger.requests()) == [#"{"type":"subscribe","id":3,"rooms":[{"room":"a","after":"e-2"}]}"#])
    let messages = [
      Self.event(5), #"{"type":"unsubscribed","id":2,"room":"a"}"#, Self.subscribed("e-2", recovered: true, id: 3),
      Self.event(3), Self.event(4),
    ]
    #expect(try Self.play(messages, &ledger) == ["subscribed a e-2 true", "event e-3", "event e-4"])
  }

  @Test func aPauseOutlastsTheConnection() throws {
    var ledger = try Self.ledger(["a", "b"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0"), Self.subscribed("e-0", room: "b")], &ledger)
    _ = ledger.pause("a")
    ledger.connectionEnded()
    #expect(
      try Self.play([Self.welcome], &ledger).last
        == #"{"type":"subscribe","id":3,"rooms":[{"room":"b","after":"e-0"}]}"#)
    ledger.resume("a")
    #expect(Self.texts(ledger.requests()) == [#"{"type":"subscribe","id":4,"rooms":[{"room":"a","after":"e-0"}]}"#])
  }

  @Test func whatTheHubDroppedIsSaidAgain() throws {
    var ledger = try Self.ledger(["a"])
    _ = try Self.play([Self.welcome, Self.subscribed("e-0")], &ledger)
    _ = ledger.remove("a")
    let dropped = #"{"type":"error","id":2,"code":"RATE_LIMITED","detail":"","temporary":true}"#
    #expect(try Self.play([dropped], &ledger) == ["ask later"])
    #expect(Self.texts(ledger.requests()) == [#"{"type":"unsubscribe","id":3,"room":"a"}"#])
    #expect(ledger.requests() == [])
  }

  @Test func aRoomThatTheHubHasChosenItselfIsAskedForFromWhereItWas() throws {
    var ledger = try Self.ledger(["a"], after: .earliest)
    let conflict = #"{"type":"error","id":1,"room":"a","code":"CONFLICT","detail":"","temporary":false}"#
    #expect(
      try Self.play([Self.welcome, Self.subscribed("e-7", id: nil), Self.event(8), conflict], &ledger).suffix(2)
        == [#"{"type":"unsubscribe","id":2,"room":"a"}"#, "ask later"])
    #expect(
      Self.texts(ledger.requests()) == [#"{"type":"subscribe","id":3,"rooms":[{"room":"a","after":"earliest"}]}"#])
  }

  @Test func aRoomThatNobodyAskedForIsToldUntilItIsTakenAway() throws {
    var ledger = RoomLedger()
    let messages = [
      Self.welcome, Self.subscribed("e-0", id: nil), Self.event(1), Self.event(1), Self.event(3),
      #"{"type":"unsubscribed","room":"a","code":"FORBIDDEN"}"#, Self.event(4),
    ]
    #expect(
      try Self.play(messages, &ledger).dropFirst(2)
        == ["subscribed a e-0 -", "event e-1", "gap e-1 e-2", "event e-3", "unsubscribed a"])
  }

  @Test func roomsThatTheHubHasChosenArePausedAndGoOnWhereTheyWere() throws {
    var ledger = RoomLedger()
    let given = Self.subscribed("e-0", id: nil)
    _ = try Self.play([Self.welcome, given, Self.event(1)], &ledger)
    #expect(Self.texts(ledger.pauseGiven()) == [#"{"type":"unsubscribe","id":1,"room":"a"}"#])
    #expect(ledger.pauseGiven() == [] && ledger.requests() == [])
    let left = #"{"type":"unsubscribed","id":1,"room":"a"}"#
    #expect(try Self.play([Self.event(2), left, Self.event(3)], &ledger) == [])
    // One that is chosen meanwhile is left as well.
    let other = Self.subscribed("e-5", room: "b", id: nil)
    #expect(try Self.play([other], &ledger) == [#"{"type":"unsubscribe","id":2,"room":"b"}"#])
    ledger.resumeGiven()
    let request = #"{"type":"subscribe","id":3,"rooms":[{"room":"a","after":"e-1"},{"room":"b","after":"e-5"}]}"#
    #expect(Self.texts(ledger.requests()) == [request])
    let messages = [Self.subscribed("e-1", recovered: true, id: 3), Self.event(2), Self.event(3)]
    #expect(try Self.play(messages, &ledger) == ["subscribed a e-1 true", "event e-2", "event e-3"])
    _ = try Self.play([Self.subscribed("e-5", room: "b", recovered: true, id: 3)], &ledger)
    #expect(ledger.pauseGiven().count == 2)
    ledger.resumeGiven()
    ledger.connectionEnded()
    let again = #"{"type":"subscribe","id":6,"rooms":[{"room":"a","after":"e-3"},{"room":"b","after":"e-5"}]}"#
    #expect(try Self.play([Self.welcome], &ledger).last == again)
    // The hub has chosen them again, before it reads that.
    let conflict = #"{"type":"error","id":6,"room":"a","code":"CONFLICT","detail":"","temporary":false}"#
    #expect(
      try Self.play([Self.subscribed("e-9", id: nil), Self.event(10), conflict], &ledger)
        == [#"{"type":"unsubscribe","id":7,"room":"a"}"#, "ask later"])
  }

  // MARK: Up to date

  @Test func aRoomIsUpToDateOnceItHasComeToItsNewest() throws {
    var ledger = try Self.ledger(["a"], after: .earliest)
    #expect(!ledger.isUpToDate)
    _ = try Self.play([Self.welcome, Self.subscribed("e-0", recovered: true, newest: "e-3")], &ledger)
    for offset in 1...2 {
      _ = try Self.play([Self.event(offset)], &ledger)
      #expect(!ledger.isUpToDate)
    }
    _ = try Self.play([Self.event(3)], &ledger)
    #expect(ledger.isUpToDate)
    ledger.connectionEnded()
    #expect(!ledger.isUpToDate)
  }

  @Test(arguments: [
    #"{"type":"gap","room":"a","from":"e-0","position":"e-9"}"#,
    #"{"type":"gap","room":"a","from":"e-0","position":"f-1"}"#,
    #"{"type":"skip","room":"a","offset":3,"position":"e-3"}"#,
    #"{"type":"event","room":"a","offset":1,"position":"f-1","event":"x","data":1,"time":2}"#,
  ])
  func whatLeapsOverTheNewestIsUpToDate(message: String) throws {
    var ledger = try Self.ledger(["a"], after: .earliest)
    _ = try Self.play([Self.welcome, Self.subscribed("e-0", recovered: true, newest: "e-3"), message], &ledger)
    #expect(ledger.isUpToDate)
  }

  @Test func anotherEpochThatNobodyExplainsIsAGap() throws {
    var ledger = try Self.ledger(["a"])
    let messages = [Self.welcome, Self.subscribed("e-0"), Self.event(1), Self.event(3, epoch: "f")]
    #expect(try Self.play(messages, &ledger).suffix(2) == ["gap e-1 f-2", "event f-3"])
  }

  // MARK: Members

  @Test func membersComeAndGoBetweenTheHubsLists() throws {
    var ledger = try Self.ledger(["a"])
    let ann = #"{"user":"ann","info":{"n":1},"connections":2}"#
    let messages = [
      Self.welcome, Self.subscribed("e-0", members: ann), #"{"type":"join","room":"a","member":{"user":"bob"}}"#,
      #"{"type":"leave","room":"a","member":{"user":"ann","info":{"n":1}}}"#,
      #"{"type":"join","room":"a","member":{"user":"bob","info":{"n":2}}}"#,
    ]
    #expect(
      try Self.play(messages, &ledger).suffix(4) == [
        #"members a ["ann"]"#, "joined a bob", "left a ann", "joined a bob",
      ])
    #expect(
      ledger.members(of: "a").map { "\($0.user) \(String(decoding: $0.info, as: UTF8.self))" } == [#"bob {"n":2}"#])
    let anew = #"{"type":"members","room":"a","members":[\#(ann)],"count":1}"#
    #expect(try Self.play([anew], &ledger) == [#"members a ["ann"]"#])
    #expect(ledger.members(of: "a").first?.connections == 2)
    ledger.connectionEnded()
    #expect(ledger.members(of: "a").isEmpty)
  }

  @Test func asManyMembersAreTakenAsAHubMayTellOf() throws {
    var ledger = try Self.ledger(["a"])
    let members = (0..<10_000).map { #"{"user":"u\#($0)"}"# }.joined(separator: ",")
    _ = try Self.play([Self.welcome, Self.subscribed("e-0", members: members)], &ledger)
    #expect(ledger.members(of: "a").count == 10_000)
    let anew = #"{"type":"members","room":"a","members":[\#(members)],"count":10000}"#
    #expect(try Self.play([anew], &ledger).count == 1)
  }

  // MARK: Tokens

  @Test func anEndedTokenIsToldAndTheAnswerToAFreshOneIsNot() throws {
    var ledger = try Self.ledger(["a"])
    let expired = #"{"type":"error","code":"TOKEN_EXPIRED","detail":"","temporary":true}"#
    #expect(try Self.play([Self.welcome, expired], &ledger).last == "token expired")
    #expect(ledger.lastError?.code == "TOKEN_EXPIRED")
    #expect(String(decoding: ledger.auth("t"), as: UTF8.self) == #"{"type":"auth","id":2,"token":"t"}"#)
    // A token that has ended as well must not be asked for again and again.
    let again = #"{"type":"error","id":2,"code":"TOKEN_EXPIRED","detail":"","temporary":true}"#
    #expect(try Self.play([again], &ledger) == [])
  }

  @Test func anErrorIsTheReasonOfTheEndUntilTheHubGoesOn() throws {
    var ledger = try Self.ledger(["a"])
    let expired = #"{"type":"error","code":"TOKEN_EXPIRED","detail":"","temporary":true}"#
    _ = try Self.play([Self.welcome, Self.subscribed("e-0"), expired, Self.event(1)], &ledger)
    #expect(ledger.lastError?.code == "TOKEN_EXPIRED")
    _ = try Self.play([#"{"type":"authenticated","user":"ann"}"#], &ledger)
    #expect(ledger.lastError == nil)
    _ = try Self.play([#"{"type":"error","code":"RATE_LIMITED","detail":"","temporary":true}"#], &ledger)
    #expect(ledger.lastError?.code == "RATE_LIMITED")
    _ = try Self.play([#"{"type":"reconnect","delay":1}"#], &ledger)
    #expect(ledger.lastError == nil)
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
