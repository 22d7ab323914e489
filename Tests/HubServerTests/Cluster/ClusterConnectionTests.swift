import HubClient
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// A connection that another node has, and users that several have.
@Suite struct ClusterConnectionTests {
  @Test func `a connection is found, subscribed, unsubscribed and closed through any node`() async throws {
    let scene = try ClusterScene(3)
    let client = try await scene.join(2, "a")
    let path = "/v1/connections/\(client.connection)"
    for index in 0..<3 {
      let found = try await scene.get(index, path)
      #expect(values(of: "node", in: found) == [scene.names[2]] && found.contains(#""rooms":["a"]"#))
    }
    let subscribed = try await scene.ask(0, .put, path + "/rooms/b")
    #expect(subscribed.status == 200 && subscribed.body.contains(#""subscribed":true"#))
    #expect(try await scene.get(1, path).contains(#""rooms":["a","b"]"#))
    #expect(try await scene.ask(1, .delete, path + "/rooms/b").status == 200)
    #expect(try await scene.get(0, path).contains(#""rooms":["a"]"#))
    let closed = try await scene.ask(0, .delete, path + "?code=4500&reason=enough")
    #expect(closed.status == 200 && closed.body.contains(#""closed":true"#))
    let end = await client.next { if case .closed(let code, let reason) = $0 { (code, reason) } else { nil } }
    #expect(end?.0 == 4500 && end?.1.contains("enough") == true)
  }

  @Test func `no node has it: that is known only if all have answered`() async throws {
    let scene = try ClusterScene(2)
    let path = "/v1/connections/\(String(repeating: "0", count: 32))"
    for (method, target) in [(HTTPMethod.get, path), (.delete, path), (.put, path + "/rooms/b")] {
      let gone = try await scene.ask(0, method, target)
      #expect(gone.status == 404 && gone.body.contains("NOT_FOUND"))
      scene.cluster.silence(scene.names[1])
      let unknown = try await scene.ask(0, method, target)
      #expect(unknown.status == 503 && unknown.body.contains("ENGINE_UNAVAILABLE"))
      #expect(unknown.body.contains(scene.names[1]) && unknown.body.contains(#""temporary":true"#))
      scene.cluster.silence(scene.names[1], false)
    }
  }

  @Test func `what the node that has it refuses is refused alike`() async throws {
    let scene = try ClusterScene(2) { $0.client.rooms = 1 }
    let client = try await scene.join(1, "a")
    let own = try await scene.ask(1, .put, "/v1/connections/\(client.connection)/rooms/b")
    let other = try await scene.ask(0, .put, "/v1/connections/\(client.connection)/rooms/b")
    #expect(own.status >= 400 && own.status == other.status)
    #expect(values(of: "code", in: own.body) == values(of: "code", in: other.body))
    #expect(values(of: "detail", in: own.body) == values(of: "detail", in: other.body))
  }

  @Test func `a user's connections on all nodes are listed, sent to and closed`() async throws {
    let scene = try ClusterScene(3, ClusterScene.secured)
    var clients = [JoinedClient]()
    let token = try ClusterScene.token(of: "ann", issued: ClusterScene.now)
    for index in 0..<3 { clients.append(try await scene.join(index, "a", token: token)) }
    let other = try await scene.join(0, "a", token: ClusterScene.token(of: "bob", issued: ClusterScene.now))
    let list = try await scene.get(0, "/v1/users/ann/connections")
    #expect(values(of: "connection", in: list) == clients.map(\.connection).sorted())
    #expect(values(of: "connection", in: try await scene.get(1, "/v1/connections?user=ann")).count == 3)

    let sent = try await scene.ask(1, .post, "/v1/users/ann/events?event=hey", body: #"{"deep":[1,"ö"]}"#)
    #expect(sent.status == 200 && values(of: "connections", in: sent.body) == ["3"])
    scene.cluster.silence(scene.names[0])
    let closed = try await scene.ask(1, .delete, "/v1/users/ann/connections?code=4500&reason=enough")
    #expect(values(of: "closed", in: closed.body) == ["2"])
    #expect(closed.body.contains(#""missing":["\#(scene.names[0])"]"#))
    for client in clients[1...] {
      let end = await client.next { if case .closed(let code, _) = $0 { code } else { nil } }
      #expect(end == 4500)
    }
    #expect(values(of: "connection", in: try await scene.get(0, "/v1/connections?user=bob")) == [other.connection])
  }

  @Test func `what a user is sent reaches other nodes as it was published`() throws {
    let depth = JSONScanner.maximumDepth
    let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    for body in [#"{"a":"\u00f6"}"#, "null", nested] {
      var question = NodeQuestion(method: .post, path: "/v1/users/ann/events", query: "event=x", time: 7)
      question.event = UserEventContent(
        name: try EventName("höhe"), data: try EventData(json: Array(body.utf8)), trace: "00-t")
      let read = try NodeQuestion(question.encode())
      #expect(read.event?.data == question.event?.data && read.event?.name == question.event?.name)
      #expect(read.event?.trace == "00-t" && read.time == 7 && read.query == "event=x" && read.method == .post)
    }
    let bytes = EventData(bytes: [0, 255, 3])
    var question = NodeQuestion(method: .post, path: "p", time: 0)
    question.event = UserEventContent(name: .message, data: bytes, trace: nil)
    #expect(try NodeQuestion(question.encode()).event?.data == bytes)
  }

  @Test func `tokens are revoked on every node, and a node that comes later learns of it`() async throws {
    let scene = try ClusterScene(2, ClusterScene.secured)
    let issued = ClusterScene.now
    let client = try await scene.join(1, "a", token: try ClusterScene.token(of: "ann", issued: issued))
    let revoked = try await scene.ask(0, .delete, "/v1/users/ann/connections?revoke=true")
    #expect(values(of: "closed", in: revoked.body) == ["1"] && revoked.body.contains(#""revoked":true"#))
    let end = await client.next { if case .closed(let code, _) = $0 { code } else { nil } }
    #expect(end == ErrorCode.unauthorized.closeCode)
    let grant = Grant(source: .token("key"), user: "ann", issued: issued)
    for hub in scene.hubs { #expect(throws: HubError.self) { try hub.node.revocations.check(grant) } }
    let late = Revocations()
    late.learn(scene.hubs[1].node.revocations.newest())
    #expect(throws: HubError.self) { try late.check(grant) }
    // What it knows better stays.
    late.revoke("ann", at: issued + 1_000)
    late.learn(scene.hubs[1].node.revocations.newest())
    #expect(throws: HubError.self) { try late.check(Grant(source: .token("key"), user: "ann", issued: issued + 500)) }
    late.learn(Array("nonsense".utf8))
  }

  @Test func `a question is answered by who is asked alone, and never asked on`() async throws {
    let scene = try ClusterScene(3)
    let client = try await scene.join(1, "a")
    let before = scene.names.map { scene.cluster.questions(of: $0).count { !$0.contains("revocations") } }
    let question = NodeQuestion(method: .get, path: "/v1/connections/\(client.connection)", time: 0).encode()
    let answer = try #require(await scene.cluster.ask(scene.names[0], question))
    #expect(String(decoding: answer, as: UTF8.self).contains("NOT_FOUND"))
    let list = NodeQuestion(method: .get, path: "/v1/connections", time: 0).encode()
    #expect(String(decoding: try #require(await scene.cluster.ask(scene.names[2], list)), as: UTF8.self).contains("[]"))
    for path in ["/v1/rooms/a", "/v1/rooms/a/events", "/metrics", "/v1/events"] {
      let deletion = NodeQuestion(method: .delete, path: path, time: 0).encode()
      let refusal = try #require(await scene.cluster.ask(scene.names[1], deletion))
      #expect(String(decoding: refusal, as: UTF8.self).contains("code"))
    }
    for nonsense in ["", "{}", "[", #"{"method":"GET","path":"/v1/rooms","query":"limit=100000"}"#] {
      let refusal = try #require(await scene.cluster.ask(scene.names[1], Array(nonsense.utf8)))
      #expect(String(decoding: refusal, as: UTF8.self).contains("code"))
    }
    #expect(scene.names.map { scene.cluster.questions(of: $0).count { !$0.contains("revocations") } } == before)
  }
}
