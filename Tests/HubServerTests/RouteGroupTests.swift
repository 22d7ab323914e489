import HubWire
import Testing

@testable import HubServer

private let connection = String(repeating: "0f", count: 16)

@Suite struct RouteGroupTests {
  private static let upgrade = ["Connection: Upgrade", "Upgrade: websocket"]

  private static func request(_ method: String, _ path: String, _ fields: [String] = []) throws -> HTTPRequest {
    let lines = ["\(method) \(path) HTTP/1.1", "Host: h"] + fields
    let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head(let request) = try parser.next(bytes.span, at: &index) else {
      throw HubError(.internal, "no request")
    }
    return request
  }

  private static func group(_ method: String, _ path: String, _ fields: [String] = []) throws -> RouteGroup {
    RouteGroup(try Endpoint(path, in: .all), try request(method, path, fields))
  }

  /// Every endpoint; a new one must be added here, and its middleware thought of.
  private static let groups: [(path: String, group: RouteGroup)] = [
    ("/v1/rooms/a/events", .api), ("/v1/events", .api), ("/v1/ws", .door), ("/v1/rooms", .api), ("/v1/rooms/a", .api),
    ("/v1/rooms/a/members", .api), ("/v1/users/ann/events", .api), ("/v1/users/ann/connections", .api),
    ("/v1/connections", .api), ("/v1/connections/\(connection)", .api),
    ("/v1/connections/\(connection)/rooms/a", .api), ("/v1/nodes", .api), ("/health", .probes), ("/ready", .probes),
    ("/metrics", .metrics), ("/openapi.json", .documents), ("/asyncapi.json", .documents), ("/debug/echo", .debug),
    ("/", .documents), ("/console/console.css", .documents), ("/roomcast.js", .documents),
    ("/roomcast.d.ts", .documents),
  ]

  @Test func `every resource has its group here`() {
    #expect(Self.groups.map(\.path).sorted() == Resource.allCases.map(\.samplePath).sorted())
  }

  @Test(arguments: ["GET", "HEAD", "POST", "DELETE", "PUT", "BREW"])
  func `every endpoint has its group, whatever the method`(_ method: String) throws {
    for (path, group) in Self.groups { #expect(try Self.group(method, path) == group, "\(method) \(path)") }
  }

  @Test func `the handshake of a room is a door, and nothing else with such fields is one`() throws {
    #expect(try Self.group("GET", "/v1/rooms/a/events", Self.upgrade) == .door)
    for method in ["HEAD", "POST", "DELETE"] {
      #expect(try Self.group(method, "/v1/rooms/a/events", Self.upgrade) == .api, "\(method)")
    }
    for (path, group) in Self.groups where path != "/v1/rooms/a/events" {
      #expect(try Self.group("GET", path, Self.upgrade) == group, "\(path)")
    }
  }

  @Test func `probes have no middleware`() {
    #expect(RouteGroup.probes.middleware == [])
  }

  @Test func `the name and the page come first, then who asks, then whether they may, and rates last`() {
    #expect(RouteGroup.api.middleware == [.host, .origin, .refusal, .credential, .permission, .rate])
    #expect(RouteGroup.door.middleware == [.host, .origin, .credentialOfHandshake])
    #expect(RouteGroup.metrics.middleware == [.host, .credential, .permission])
  }

  @Test func `what gives or takes something asks who it is`() {
    for group in RouteGroup.allCases where group != .probes && group != .debug && group != .documents {
      let asks = group.middleware.contains(.credential) || group.middleware.contains(.credentialOfHandshake)
      #expect(asks && group.middleware.first == .host, "\(group)")
    }
  }

  @Test func `what each request needs`() throws {
    let room = try RoomName("a")
    for (method, path, permission) in [
      (.post, "/v1/rooms/a/events", .publish(room)), (.get, "/v1/rooms/a/events", .read(room)),
      (.head, "/v1/rooms/a/events", .read(room)), (.delete, "/v1/rooms/a/events", .read(room)),
      (.get, "/v1/rooms/a", .read(room)), (.post, "/v1/events", .each), (.get, "/v1/events", .each),
      (.get, "/v1/ws", .each), (.get, "/v1/rooms", .admin), (.delete, "/v1/users/a/connections", .admin),
      (.get, "/metrics", .admin), (.get, "/health", .nothing), (.get, "/ready", .nothing),
      (.get, "/debug/echo", .nothing), (.delete, "/v1/rooms/a", .admin), (.get, "/v1/rooms/a/members", .read(room)),
      (.post, "/v1/users/a/events", .publishEverywhere), (.get, "/v1/users/a/connections", .admin),
      (.get, "/v1/connections", .admin), (.delete, "/v1/connections/\(connection)", .admin),
      (.put, "/v1/connections/\(connection)/rooms/a", .admin), (.get, "/v1/nodes", .admin),
      (.get, "/openapi.json", .nothing), (.get, "/asyncapi.json", .nothing),
      (.head, "/v1/rooms/a/members", .read(room)),
    ] as [(HTTPMethod, String, Permission)] {
      #expect(try Endpoint(path, in: .all).permission(for: method) == permission, "\(method.text) \(path)")
    }
  }
}
