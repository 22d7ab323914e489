import HubWire
import Testing

@testable import HubServer

@Suite struct GrantChecksTests {
  private static func refusal(_ check: () throws(HubError) -> Void) -> String? {
    do throws(HubError) {
      try check()
      return nil
    } catch {
      return error.code.rawValue
    }
  }

  /// What is refused, in the order of reading, publishing and managing.
  private static func refusals(_ grant: Grant, room: String) throws -> [String?] {
    let room = try RoomName(room)
    return [
      refusal { () throws(HubError) in try grant.checkRead(room) },
      refusal { () throws(HubError) in try grant.checkPublish(room) },
      refusal { () throws(HubError) in try grant.checkAdmin() },
    ]
  }

  @Test func `an open hub refuses nothing`() throws {
    #expect(try Self.refusals(.open, room: "a") == [nil, nil, nil])
  }

  @Test func `who has shown nothing is asked who it is, but for what anyone may read`() throws {
    let anonymous = Grant.anonymous(namespaces: [try RoomPattern("news"), try RoomPattern("pub*")])
    for room in ["news", "news:1", "news:a:b", "public:1", "pub"] {
      #expect(try Self.refusals(anonymous, room: room) == [nil, "UNAUTHORIZED", "UNAUTHORIZED"], "\(room)")
    }
    for room in ["newsroom", "new", "a:news", "pu:pub", "News"] {
      let refusals = try Self.refusals(anonymous, room: room)
      #expect(refusals == ["UNAUTHORIZED", "UNAUTHORIZED", "UNAUTHORIZED"], "\(room)")
    }
  }

  @Test func `who has shown something that does not do is told so`() throws {
    let grant = Grant(
      source: .token("key"), user: "ann", publish: [try RoomPattern("a")], read: [try RoomPattern("b*")],
      namespaces: [try RoomPattern("news")])
    #expect(try Self.refusals(grant, room: "a") == ["FORBIDDEN", nil, "FORBIDDEN"])
    #expect(try Self.refusals(grant, room: "b:1") == [nil, "FORBIDDEN", "FORBIDDEN"])
    #expect(try Self.refusals(grant, room: "news:1") == [nil, "FORBIDDEN", "FORBIDDEN"])
    let manager = Grant(source: .key("digest"), isAdmin: true)
    #expect(try Self.refusals(manager, room: "a") == ["FORBIDDEN", "FORBIDDEN", nil])
  }

  @Test func `users are counted by their names and keys by what they are`() {
    #expect(Grant(source: .token("key"), user: "ann").rateName == "user:ann")
    #expect(Grant(source: .key("digest")).rateName == "digest")
    #expect(Grant(source: .certificate("name")).rateName == "certificate:name")
    #expect(Grant.open.rateName == "" && Grant.anonymous(namespaces: []).rateName == "")
  }

  @Test func `idempotency keys belong to a user, or to all services together`() {
    #expect(Grant(source: .token("key"), user: "ann").principal == "ann")
    for grant in [Grant(source: .key("digest")), .open, Grant(source: .certificate("name"))] {
      #expect(grant.principal == "")
    }
  }

  @Test func `what anyone may read can be replaced, and nothing else with it`() throws {
    let grant = Grant(
      source: .token("key"), user: "ann", expires: 5, issued: 3, rooms: [try RoomName("r")], isAdmin: true,
      publish: [try RoomPattern("a")], read: [try RoomPattern("b")], namespaces: [try RoomPattern("news")])
    #expect(grant.with(namespaces: [try RoomPattern("news")]) === grant)
    let other = grant.with(namespaces: [try RoomPattern("sport")])
    #expect(try !other.mayRead(RoomName("news:1")) && other.mayRead(RoomName("sport:1")))
    #expect(try other.mayRead(RoomName("b")) && other.mayPublish(RoomName("a")))
    #expect((other.source, other.user, other.expires) == (grant.source, "ann", 5))
    #expect((other.issued, other.rooms, other.isAdmin) == (3, grant.rooms, true))
  }
}
