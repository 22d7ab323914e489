import HubTesting
import HubWire
import Testing

@Suite struct EventFrameTests {
  private let position = Position(epoch: "k3J9", offset: 1042)

  private func frame(
    position: Position?, name: String = "order_created", data: EventData = .json(Array("{\"a\":1}".utf8)),
    user: String? = nil, trace: String? = nil
  ) throws -> EventFrame {
    ServerMessage.eventFrame(
      room: try RoomName("orders"), position: position, name: try EventName(name), data: data, time: 1_763_600_000_123,
      user: user, trace: trace)
  }

  private func text(_ frame: EventFrame) -> String { String(decoding: frame.json, as: UTF8.self) }

  @Test func `the fields stand in the order of the protocol`() throws {
    #expect(
      text(try frame(position: position, user: "ann"))
        == #"{"type":"event","room":"orders","offset":1042,"position":"k3J9-1042","event":"order_created","#
        + #""data":{"a":1},"time":1763600000123,"user":"ann"}"#)
  }

  @Test func `an ephemeral event has neither offset nor position`() throws {
    #expect(
      text(try frame(position: nil))
        == #"{"type":"event","room":"orders","event":"order_created","data":{"a":1},"time":1763600000123}"#)
  }

  @Test func `bytes, trace and what needs escapes`() throws {
    let written = try frame(
      position: nil, name: "a\"\\é", data: .base64(Array("AAE=".utf8)), user: "x\u{1}\n\"", trace: "00-ab-cd-01")
    #expect(
      text(written)
        == #"{"type":"event","room":"orders","event":"a\"\\é","dataBase64":"AAE=","time":1763600000123,"#
        + #""user":"x\u0001\n\"","trace":"00-ab-cd-01"}"#)
  }

  @Test func `an event for a user has no room`() throws {
    let written = ServerMessage.userEventFrame(
      user: "ann", name: .message, data: .json(Array("null".utf8)), time: -1)
    #expect(text(written) == #"{"type":"event","user":"ann","event":"message","data":null,"time":-1}"#)
  }

  /// RFC 6455 section 5.2: the three lengths of a header, at their seams.
  @Test(arguments: [125, 126, 127, 65_535, 65_536, 65_537])
  func `the header tells the length`(_ length: Int) throws {
    let empty = try frame(position: position, data: .json(Array("\"\"".utf8))).json.count
    let data = "\"" + String(repeating: "x", count: length - empty) + "\""
    // The shortest frame is longer than 125 with a position; there an ephemeral one stands in.
    let written =
      length < 150
      ? try short(length) : try frame(position: position, data: .json(Array(data.utf8)))
    #expect(written.json.count == length)
    let header = Array(written.bytes[..<written.headerLength])
    switch length {
    case ...125: #expect(header == [0x81, UInt8(length)])
    case ...65_535: #expect(header == [0x81, 126, UInt8(length >> 8), UInt8(length & 0xFF)])
    default:
      #expect(
        header == [0x81, 127, 0, 0, 0, 0, 0, UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)])
    }
    #expect(try ServerMessage.parse(Array(written.json)) != .pong(id: nil))
  }

  private func short(_ length: Int) throws -> EventFrame {
    let empty = try frame(position: nil, name: "a", data: .json(Array("\"\"".utf8))).json.count
    let data = "\"" + String(repeating: "x", count: length - empty) + "\""
    return try frame(position: nil, name: "a", data: .json(Array(data.utf8)))
  }

  @Test func `whatever is written is read back`() throws {
    var random = RandomJSON(seed: 11)
    let users = ["ann", "größe", "\"\\", "a\u{0}b", String(repeating: "u\n", count: 50), ""]
    for _ in 0..<500 {
      let data = try EventData(json: Array(random.text().utf8))
      let bytes = EventData(bytes: (0..<random.below(50)).map { _ in UInt8(truncatingIfNeeded: random.random.next()) })
      let place =
        random.below(3) == 0
        ? nil : Position(epoch: "e\(random.below(1000))", offset: random.random.next() >> UInt64(random.below(64)))
      let name = random.pick(["message", "a\"b", "日本", "x\\y", "some quite long name of an event"])
      let sent = random.below(4) == 0 ? bytes : data
      let user = random.below(2) == 0 ? nil : random.pick(users)
      let written = try frame(position: place, name: name, data: sent, user: user)
      #expect(written.bytes.count == written.headerLength + written.json.count)
      guard case .event(let event) = try ServerMessage.parse(Array(written.json)) else {
        Issue.record("not an event")
        continue
      }
      #expect(event.room == "orders" && event.position == place && event.name == name && event.user == user)
      #expect(event.time == 1_763_600_000_123)
      // Whitespace around the value is part of no slice.
      #expect(event.data == trimmed(sent))
    }
  }

  private func trimmed(_ data: EventData) -> EventData {
    guard case .json(let text) = data else { return data }
    let rest = text.drop { $0 == 0x20 }
    return .json(Array(rest.prefix(rest.count - rest.reversed().prefix { $0 == 0x20 }.count)))
  }
}
