import HubClient
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubServer

/// Nodes that know each other, and what they tell of themselves and of their engine.
@Suite struct ClusterNodeTests {
  @Test func `all nodes are listed by name through any of them`() async throws {
    let scene = try ClusterScene(3)
    let client = try await scene.join(1, "a")
    for index in 0..<3 {
      let list = try await scene.get(index, "/v1/nodes")
      #expect(values(of: "node", in: list) == scene.names)
      #expect(values(of: "version", in: list) == Array(repeating: Hub.version, count: 3))
      #expect(values(of: "draining", in: list) == ["false", "false", "false"])
      #expect(values(of: "load", in: list).allSatisfy { $0.count == 5 && (0...1).contains(Double($0) ?? 2) })
      #expect(values(of: "since", in: list).allSatisfy { (Int64($0) ?? 0) > 1_600_000_000_000 })
      #expect((Int(values(of: "connections", in: list)[1]) ?? 0) >= 1)
    }
    #expect(try await scene.get(0, "/metrics").contains("\nroomcast_nodes 3\n"))
    withExtendedLifetime(client) {}
  }

  @Test func `a hub alone lists itself with the same members`() async throws {
    var settings = Settings(machine: Machine(cores: 1, descriptors: 1_000))
    settings.port = 0
    let hub = try Hub(
      settings: settings, log: Log(level: .error, style: .json), listener: nil, engine: MemoryEngine(settings))
    hub.node.load = 0.25
    let list = String(decoding: NodesRoute(node: hub.node).response().body, as: UTF8.self)
    #expect(list.hasPrefix(#"{"nodes":[{"node":"\#(hub.node.name)","version":"\#(Hub.version)","connections":0,"#))
    #expect(list.contains(#""load":0.250,"since":\#(hub.node.since),"draining":false}"#))
  }

  @Test(arguments: [(-1.0, "0.000"), (0, "0.000"), (0.0004, "0.000"), (0.05, "0.050"), (0.9996, "1.000"), (7, "1.000")])
  func `a load has three decimals`(load: Double, text: String) {
    #expect(String(decoding: NodesRoute.thousandths(load), as: UTF8.self) == text)
  }

  @Test func `the load is the part of the time that all reactors were busy`() {
    #expect(NodeWatch.share(.milliseconds(500), of: .seconds(1), 1) == 0.5)
    #expect(NodeWatch.share(.milliseconds(500), of: .seconds(1), 2) == 0.25)
    #expect(NodeWatch.share(.seconds(9), of: .seconds(1), 2) == 1)
    #expect(NodeWatch.share(.seconds(1), of: .zero, 2) == 0)
  }

  @Test func `a node that drains says so at once, and is gone at the end`() async throws {
    let scene = try ClusterScene(2)
    await scene.hubs[0].drain()
    #expect(scene.cluster.announced.map(\.name) == [scene.names[0]])
    #expect(scene.cluster.announced.map(\.status.isDraining) == [true])
    #expect(scene.cluster.names == [scene.names[1]])
    #expect(values(of: "node", in: try await scene.get(1, "/v1/nodes")) == [scene.names[1]])
  }

  @Test func `a drain does not wait for other nodes that cannot be told`() async throws {
    let scene = try ClusterScene(1)
    scene.cluster.stick(scene.names[0])
    await scene.hubs[0].drain()
    #expect(scene.cluster.announced.isEmpty && scene.cluster.names == scene.names)
    scene.cluster.loosen()
  }

  @Test func `a balancer may ask for readiness whatever the engine is`() async throws {
    let scene = try ClusterScene(1)
    let target = "/ready?engine=ignore"
    #expect(try await scene.ask(0, .get, target).status == 200)
    scene.engines[0].leave("it is away", fallback: .queued)
    #expect(try await scene.ask(0, .get, target).status == 200)
    #expect(try await scene.ask(0, .get, "/ready").status == 503)
    #expect(try await scene.ask(0, .get, "/ready?engine=other").status == 400)
    scene.hubs[0].node.isDraining = true
    let draining = try await scene.ask(0, .get, target)
    #expect(draining.status == 503 && draining.body.contains("DRAINING"))
  }

  @Test func `what the engine has not got is answered with 202 and counted`() async throws {
    let scene = try ClusterScene(1)
    let url = try HubURL("http://\(scene.hubs[0].address)")
    for (fallback, isQueued) in [(Appended.queued, true), (.local, false)] {
      scene.engines[0].leave("it is away", fallback: fallback)
      let one = try await scene.ask(0, .post, "/v1/rooms/a/events", body: "1")
      #expect(one.status == 202)
      #expect(one.body == #"{"room":"a","subscribers":0,"duplicate":false,"queued":\#(isQueued)}"#)
      let many = try await scene.ask(0, .post, "/v1/events", body: #"[{"room":"a","data":1},{"room":"b","data":2}]"#)
      #expect(many.status == 200 && values(of: "queued", in: many.body) == ["\(isQueued)", "\(isQueued)"])
      let client = Roomcast(url: url)
      let receipt = try await client.publish("1", to: "a")
      #expect(receipt.position == nil && receipt.isQueued == isQueued)
      let lines = (1...3).map { Array(#"{"room":"a","data":\#($0)}"#.utf8) }
      let report = try await client.publish(
        lines: AsyncStream {
          for line in lines { $0.yield(line) }
          $0.finish()
        })
      #expect(report.accepted == 3 && report.queued == (isQueued ? 3 : 0) && report.local == (isQueued ? 0 : 3))
    }
    let metrics = try await scene.get(0, "/metrics")
    for kind in ["queued", "local"] {
      #expect(metrics.contains("roomcast_fallback_publishes_total{kind=\"\(kind)\"} 7\n"))
    }
    scene.engines[0].comeBack()
    let kept = try await scene.ask(0, .post, "/v1/rooms/a/events", body: "1")
    #expect(kept.status == 201 && !kept.body.contains("queued"))
  }

  @Test func `an engine that is away is told of with its reason, and since when`() async throws {
    let scene = try ClusterScene(1)
    #expect(try await scene.ask(0, .get, "/ready").status == 200)
    scene.engines[0].leave("no server answers")
    let ready = try await scene.ask(0, .get, "/ready")
    #expect(ready.status == 503 && ready.body.contains("no server answers"))
    #expect(try await scene.ask(0, .post, "/v1/rooms/a/events", body: "1").status == 503)
    let metrics = try await scene.get(0, "/metrics")
    #expect(metrics.contains("\nroomcast_engine_up 0\n"))
    #expect(
      (Int64(number(after: "\nroomcast_engine_since_seconds ", in: metrics)) ?? 0) >= scene.hubs[0].node.since / 1000)
    scene.engines[0].comeBack()
    #expect(try await scene.ask(0, .get, "/ready").status == 200)
  }

  private func number(after mark: String, in text: String) -> Substring {
    guard let range = text.firstRange(of: mark) else { return "" }
    return text[range.upperBound...].prefix { $0 != "\n" }
  }
}
