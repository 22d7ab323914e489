import HubWire
import Testing

@testable import HubServer

@Suite struct AsyncAPIDocumentTests {
  private static func document() throws -> DocumentReader { try DocumentReader(AsyncAPIDocument().encode()) }

  @Test func `the document has every message that is understood or said, and nothing else`() throws {
    let document = try Self.document()
    let fromClient = ClientMessage.Kind.allCases.map { "client.\($0.rawValue)" }
    let fromHub = ServerMessage.Kind.allCases.map { "hub.\($0.rawValue)" }
    #expect(try document.object("components").object("messages").keys == (fromClient + fromHub).sorted())
    for channel in try document.object("channels").keys {
      #expect(
        try document.object("channels").object(channel).object("messages").keys == (fromClient + fromHub).sorted())
    }
    #expect(try document.object("operations").object("fromClient").count("messages") == fromClient.count)
    #expect(try document.object("operations").object("fromHub").count("messages") == fromHub.count)
  }

  @Test(arguments: ClientMessage.Kind.allCases)
  func `an example of a client's message is understood as what it is an example of`(_ kind: ClientMessage.Kind) throws {
    let examples = kind.declaration.examples.map { Array($0.utf8) }
    #expect(!examples.isEmpty)
    for example in examples {
      let message = try ClientMessage.parse(example)
      // What it is, written again by the client's side, names no field that the document does not.
      let written = try DocumentReader(message.encode())
      #expect(try written.text("type") == kind.rawValue)
      #expect(Set(written.keys).isSubset(of: try Self.fields("client.\(kind.rawValue)")))
    }
  }

  @Test(arguments: ServerMessage.Kind.allCases)
  func `an example of what the hub says is read as that`(_ kind: ServerMessage.Kind) throws {
    let examples = kind.declaration.examples.map { Array($0.utf8) }
    #expect(!examples.isEmpty)
    for example in examples {
      let message = try ServerMessage.parse(example)
      #expect(try DocumentReader(example).text("type") == kind.rawValue)
      // Clients of ours ask for no `authenticated`.
      if case .other = message { #expect(kind == .authenticated) }
      guard kind != .event else { continue }
      #expect(Set(try DocumentReader(example).keys).isSubset(of: try Self.fields("hub.\(kind.rawValue)")))
    }
  }

  private static func fields(_ message: String) throws -> Set<String> {
    let told = try document().object("components").object("messages").object(message)
    return Set(try told.object("payload").object("properties").keys)
  }

  /// A whole frame of each kind, with everything that may stand in it.
  @Test func `every field that the hub writes is in the document`() throws {
    let (room, position) = (try RoomName("a"), Position(epoch: "k3J9", offset: 7))
    let (id, connection) = (RequestID(1), ConnectionID(high: 1, low: 2))
    let members = Array(#"[{"user":"ann"}]"#.utf8)
    let frames: [ServerMessage.Kind: [UInt8]] = [
      .welcome: ServerMessage.encodeWelcome(connection: connection, node: "n", ping: 25, user: "ann"),
      .authenticated: ServerMessage.encodeAuthenticated(id: id, user: "ann", expires: 7),
      .subscribed: ServerMessage.encodeSubscribed(
        id: id, room: room, position: position, recovered: true, newest: position, members: members, count: 1, cursor: 7
      ),
      .skip: ServerMessage.encodeSkip(room: room, position: position),
      .gap: ServerMessage.encodeGap(room: room, from: position, position: position),
      .join: ServerMessage.encodeJoin(room: room, member: Array("{}".utf8)),
      .leave: ServerMessage.encodeLeave(room: room, member: Array("{}".utf8)),
      .members: ServerMessage.encodeMembers(id: id, room: room, members: members, count: 1, cursor: 7),
      .unsubscribed: ServerMessage.encodeUnsubscribed(id: id, room: room, code: .forbidden),
      .published: ServerMessage.encodePublished(id: id, room: room, position: position, duplicate: false, queued: true),
      .history: ServerMessage.encodeHistory(
        id: id, room: room, position: position, recovered: true, events: [], more: false),
      .reconnect: ServerMessage.encodeReconnect(delay: 1),
      .error: ServerMessage.encodeError(id: id, room: "a", HubError(.forbidden, "no")),
      .pong: ServerMessage.encodePong(id: id),
    ]
    #expect(Set(frames.keys) == Set(ServerMessage.Kind.allCases).subtracting([.event]))
    for (kind, frame) in frames {
      #expect(try DocumentReader(frame).keys.sorted() == Self.fields("hub.\(kind.rawValue)").sorted(), "\(kind)")
    }
  }

  @Test func `what the document refers to is there`() throws {
    let named = Set(try Self.document().object("components").object("schemas").keys)
    #expect(DocumentReader.references(in: AsyncAPIDocument().encode()).subtracting(named) == [])
  }
}
