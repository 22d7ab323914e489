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
    let anonymous = Grant.anonymous(namespaces: try .anonymous("news", "pub*"))
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
      namespaces: try .anonymous("news"))
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
    #expect(Grant.open.rateName == "" && Grant.anonymous(namespaces: .none).rateName == "")
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
      publish: [try RoomPattern("a")], read: [try RoomPattern("b")], namespaces: try .anonymous("news"))
    #expect(grant.with(namespaces: try .anonymous("news")) === grant)
    let other = grant.with(namespaces: try .anonymous("sport"))
    #expect(try !other.mayRead(RoomName("news:1")) && other.mayRead(RoomName("sport:1")))
    #expect(try other.mayRead(RoomName("b")) && other.mayPublish(RoomName("a")))
    #expect((other.source, other.user, other.expires) == (grant.source, "ann", 5))
    #expect((other.issued, other.rooms, other.isAdmin) == (3, grant.rooms, true))
  }

  @Test func `only users are seen, where their token says so, and what is wrong is named`() throws {
    let room = try RoomName("chat:1")
    func detail(_ grant: Grant) -> String? {
      do throws(HubError) {
        _ = try grant.checkPresence(room)
        return nil
      } catch {
        return "\(error.code.rawValue) \(error.detail)"
      }
    }
    let (all, everywhere) = ([RoomPattern.all], try NamespaceBook.anonymous("*"))
    #expect(detail(.open)?.hasPrefix("FORBIDDEN this hub is open") == true)
    #expect(detail(.open)?.contains("`tokens.keys`") == true)
    #expect(detail(.anonymous(namespaces: everywhere))?.hasPrefix("UNAUTHORIZED") == true)
    let key = Grant(source: .key("k"), isAdmin: true, publish: all, read: all, presence: all)
    #expect(detail(key)?.contains("only users") == true)
    let without = Grant(source: .token("t"), user: "ann", publish: all, read: all)
    #expect(detail(without)?.contains("`presence`") == true && !without.mayBePresent(room))
    let ann = Grant(source: .token("t"), user: "ann", presence: [try RoomPattern("chat:*")])
    #expect(try ann.checkPresence(room) == "ann" && ann.mayBePresent(room))
    #expect(try !ann.mayBePresent(RoomName("chat")))
    #expect(ann.with(namespaces: everywhere).mayBePresent(room))
  }

  @Test func `a namespace says who publishes besides those who are granted it`() throws {
    let book = try NamespaceBook.of([
      NamespaceSettings(name: try RoomPattern("open")), Self.right(try RoomPattern("chat*"), .readers),
      Self.right(try RoomPattern("chat-news"), .services), Self.right(try RoomPattern("feed"), .services),
    ])
    func allowed(_ grant: Grant) throws -> [Bool] {
      try ["open:1", "chat:1", "chat-news:1", "feed:1", "other"].map { grant.mayPublish(try RoomName($0)) }
    }
    let all = [RoomPattern.all]
    let token = Grant.Source.token("t")
    #expect(
      try allowed(Grant(source: token, user: "ann", publish: all, namespaces: book)) == [
        true, true, false, false, true,
      ])
    #expect(
      try allowed(Grant(source: token, user: "ann", read: all, namespaces: book)) == [false, true, false, false, false])
    #expect(try allowed(Grant(source: token, user: "ann", namespaces: book)).allSatisfy { !$0 })
    // A service has its own rights, and no others.
    #expect(try allowed(Grant(source: .key("k"), publish: all, namespaces: book)).allSatisfy { $0 })
    #expect(try allowed(Grant(source: .key("k"), read: all, namespaces: book)).allSatisfy { !$0 })
    #expect(try allowed(.anonymous(namespaces: book)).allSatisfy { !$0 })
  }

  private static func right(_ name: RoomPattern, _ right: PublishRight) -> NamespaceSettings {
    var namespace = NamespaceSettings(name: name)
    namespace.publish = right
    return namespace
  }
}
