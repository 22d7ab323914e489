import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubRedis

/// What nodes write into Redis, they read again; what nobody has written is found out.
@Suite struct RecordTests {
  private static func event(_ random: inout SeededRandom) throws -> NewEvent {
    let texts = ["a", "order_created", "name with spaces", "é\u{1F680}", "1 - 2"]
    let data: [EventData] = [
      try EventData(json: Array("{\"a\":[1,2,\"\\n\"]}".utf8)), EventData(bytes: [0, 10, 13, 255]),
      try EventData(json: Array("null".utf8)),
    ]
    func pick<Element>(_ list: [Element]) -> Element { list[random.number(in: 0..<list.count)] }
    return NewEvent(
      name: try EventName(pick(texts)), data: pick(data), user: pick([nil, "", "ann", "- 3\n4", "ü"]),
      excluded: pick([nil, ConnectionID(high: 1, low: .max)]), isEphemeral: false,
      trace: pick([nil, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"]))
  }

  @Test func `an event comes back as it was`() throws {
    for seed in Seeds.run(20) {
      var random = SeededRandom(seed: seed)
      for _ in 0..<50 {
        let event = try Self.event(&random)
        let time = Int64(random.number(in: 0..<2_000_000_000))
        let record = EventRecord.encode(event, time: time)
        let back = try #require(EventRecord.decode(record[...]))
        #expect(back.time == time)
        #expect(back.event.name == event.name && back.event.data == event.data && back.event.user == event.user)
        #expect(back.event.excluded == event.excluded && back.event.trace == event.trace)
      }
    }
  }

  @Test func `no prefix of an event's head is taken for an event`() throws {
    var random = SeededRandom(seed: 1)
    let record = EventRecord.encode(try Self.event(&random), time: 1)
    let end = try #require(record.firstIndex(of: UInt8(ascii: "\n")))
    for length in 0...end { #expect(EventRecord.decode(record[..<length]) == nil) }
  }

  @Test(arguments: [
    "", "x", "1 - 1 - -\na", "1 - 9 - - j\na", "a - 1 - - j\nx1", "1 - 1 - - q\nx1", "1 zz 1 - - j\nx1",
    "1 - -1 - - j\nx",
    "1 - 1 5 - j\nx1",
  ])
  func `what is no event is none`(text: String) {
    #expect(EventRecord.decode(Array(text.utf8)[...]) == nil)
  }

  @Test(arguments: [nil, "{\"name\":\"Ann\"}"])
  func `a member comes back as it was`(info: String?) throws {
    for user in ["ann", "a b\nc", "ü", ""] {
      let member = SharedMember(
        node: "n1", key: PresenceKey(connection: ConnectionID(high: 7, low: 9), serial: 12), user: user,
        info: info.map { Array($0.utf8) })
      #expect(MemberRecord.decode(MemberRecord.encode(member)[...]) == member)
      #expect(MemberRecord.key(MemberRecord.field(member.key)) == member.key)
    }
  }

  @Test func `messages are read as they are sent`() throws {
    var random = SeededRandom(seed: 3)
    let event = try Self.event(&random)
    let record = EventRecord.encode(event, time: 5)
    guard case .event(let position, let told, 5)? = RoomMessage.decode(Array("E abc 17 ".utf8) + record) else {
      Issue.record("no event")
      return
    }
    #expect(position == Position(epoch: "abc", offset: 17) && told.data == event.data)
    guard case .ephemeral(let other, 5)? = RoomMessage.decode(Array("e ".utf8) + record) else {
      Issue.record("no ephemeral event")
      return
    }
    #expect(other.isEphemeral && other.name == event.name)
    guard case .deleted(let place)? = RoomMessage.decode(Array("D xyz".utf8)) else {
      Issue.record("no deletion")
      return
    }
    #expect(place == RoomPlace(newest: Position(epoch: "xyz", offset: 0), oldest: 1))
    for nonsense in ["", "E", "E a", "E a b c", "P 1", "P x + y", "P 1 * y", "Z 1"] {
      #expect(RoomMessage.decode(Array(nonsense.utf8)) == nil, "\(nonsense)")
    }
  }

  @Test func `a question travels with whatever it holds`() {
    let note = NodeNote(number: 7, from: "n1", content: Array("a b  c\n\u{0}".utf8))
    #expect(NodeNote(note.message("Q")) == note)
    #expect(NodeNote(Array("Q x n y".utf8)) == nil && NodeNote(Array("Q 1".utf8)) == nil)
  }
}
