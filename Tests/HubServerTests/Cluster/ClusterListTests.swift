import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// Lists over all nodes.
@Suite struct ClusterListTests {
  @Test func `rooms of all nodes are listed once, with the subscribers of all`() async throws {
    let scene = try ClusterScene(3)
    var clients = [JoinedClient]()
    for (index, room) in [(0, "a"), (1, "a"), (1, "c"), (2, "b"), (2, "a"), (2, "d")] {
      clients.append(try await scene.join(index, room))
    }
    // The second node has heard of the room last.
    try await scene.ask(1, .post, "/v1/rooms/a/events", body: "1")
    for index in 0..<3 {
      let list = try await scene.get(index, "/v1/rooms")
      #expect(values(of: "room", in: list) == ["a", "b", "c", "d"])
      #expect(values(of: "subscribers", in: list) == ["3", "1", "1", "1"])
      #expect(values(of: "position", in: list) == ["e-1", "e-0", "e-0", "e-0"])
      #expect(!list.contains("cursor") && !list.contains("missing"))
      #expect(values(of: "room", in: try await scene.get(index, "/v1/rooms?prefix=c")) == ["c"])
    }
    withExtendedLifetime(clients) {}
  }

  @Test func `pages over all nodes have each room and each connection once`() async throws {
    let scene = try ClusterScene(3)
    var clients = [JoinedClient]()
    for (index, room) in [(0, "a"), (1, "b"), (2, "c"), (0, "d"), (1, "a"), (2, "e")] {
      clients.append(try await scene.join(index, room))
    }
    var (rooms, cursor) = ([String](), "")
    repeat {
      let page = try await scene.get(0, "/v1/rooms?limit=2" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
      rooms += values(of: "room", in: page)
      cursor = values(of: "cursor", in: page).first ?? ""
    } while !cursor.isEmpty
    #expect(rooms == ["a", "b", "c", "d", "e"])
    var (ids, nodes) = ([String](), [String]())
    repeat {
      let page = try await scene.get(1, "/v1/connections?limit=2" + (cursor.isEmpty ? "" : "&cursor=\(cursor)"))
      #expect(values(of: "connection", in: page).count <= 2)
      ids += values(of: "connection", in: page)
      nodes += values(of: "node", in: page)
      cursor = values(of: "cursor", in: page).first ?? ""
    } while !cursor.isEmpty
    #expect(ids == clients.map(\.connection).sorted())
    #expect(Set(nodes) == Set(scene.names))
    let inA = try await scene.get(2, "/v1/connections?room=a")
    #expect(values(of: "connection", in: inA) == [clients[0], clients[4]].map(\.connection).sorted())
  }

  @Test func `the subscribers of one room add up, and no node opens it for that`() async throws {
    let scene = try ClusterScene(3)
    let clients = [try await scene.join(1, "a"), try await scene.join(2, "a")]
    #expect(values(of: "subscribers", in: try await scene.get(0, "/v1/rooms/a")) == ["2"])
    _ = try await scene.get(0, "/v1/rooms/other")
    var open = 0
    for home in scene.hubs[1].node.directory.homes { open += await home.count }
    #expect(open == 1)
    withExtendedLifetime(clients) {}
  }

  @Test func `who does not answer is named, and the others are told of`() async throws {
    let scene = try ClusterScene(3)
    let clients = [try await scene.join(0, "a"), try await scene.join(1, "a"), try await scene.join(2, "a")]
    scene.cluster.silence(scene.names[2])
    let missing = #""missing":["\#(scene.names[2])"]"#
    for target in ["/v1/rooms", "/v1/rooms/a", "/v1/connections"] {
      let body = try await scene.get(0, target)
      #expect(body.contains(missing), "\(body)")
      #expect(values(of: "subscribers", in: body).allSatisfy { $0 == "2" })
    }
    scene.cluster.silence(scene.names[2], false)
    #expect(!(try await scene.get(0, "/v1/rooms")).contains("missing"))
    withExtendedLifetime(clients) {}
  }

  @Test func `what is wrong with a request is said without asking anybody`() async throws {
    let scene = try ClusterScene(2)
    for target in ["/v1/rooms?limit=0", "/v1/connections?cursor=x", "/v1/connections?room=a%20b"] {
      #expect(try await scene.ask(0, .get, target).status == 400)
    }
    #expect(scene.cluster.questions(of: scene.names[0]).allSatisfy { $0.contains("revocations") })
  }

  @Test func `a hub without a cluster answers alike, and each connection has its node`() async throws {
    let hub = try ClusterScene(1)
    let client = try await hub.join(0, "a")
    #expect(values(of: "node", in: try await hub.get(0, "/v1/connections")) == hub.names)
    #expect(values(of: "node", in: try await hub.get(0, "/v1/connections/\(client.connection)")) == hub.names)
  }
}
