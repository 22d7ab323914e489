import HubWire
import Testing

@Suite struct ServerSentEventsTests {
  private func read(_ bytes: [UInt8]) -> [ServerSentEvent] { (try? events(of: [bytes]).events) ?? [] }

  @Test func `an event is three lines and an empty one`() {
    let data = Array("{\"a\":1}".utf8)
    #expect(
      String(decoding: ServerSentEvents.encode(id: "k3-1", event: "said", data: data[...]), as: UTF8.self)
        == "id: k3-1\nevent: said\ndata: {\"a\":1}\n\n")
    #expect(
      String(decoding: ServerSentEvents.encode(id: nil, event: "said", data: data.span), as: UTF8.self)
        == "event: said\ndata: {\"a\":1}\n\n")
    #expect(ServerSentEvents.comment() == Array(":\n\n".utf8))
    #expect(ServerSentEvents.comment("still here") == Array(":still here\n\n".utf8))
    #expect(ServerSentEvents.retry(milliseconds: 1830) == Array("retry: 1830\n\n".utf8))
  }

  @Test func `whatever is written is read back`() {
    for name in ["message", "a: b", ": x", "größe", "data", "  two spaces"] {
      for data in ["{}", " x", "\"é\"", ""] {
        let bytes = Array(data.utf8)
        let written =
          ServerSentEvents.retry(milliseconds: 5) + ServerSentEvents.comment("c")
          + ServerSentEvents.encode(id: "k-1", event: name, data: bytes[...])
          + ServerSentEvents.encode(id: nil, event: name, data: bytes[...])
        let event = ServerSentEvent(id: "k-1", name: name, data: bytes)
        #expect(read(written) == [event, event])
      }
    }
  }

  @Test func `the frames of control events are one line each`() throws {
    let frame = ServerMessage.encodeSkip(room: try RoomName("a"), position: Position(epoch: "k", offset: 1))
    let written = ServerSentEvents.encode(id: "k-1", event: ServerSentEvents.controlPrefix + "skip", data: frame.span)
    #expect(read(written) == [ServerSentEvent(id: "k-1", name: "roomcast:skip", data: frame)])
  }
}
