import HubWire
import Testing

@testable import HubServer

private let id = String(repeating: "0f", count: 16)

extension Resource {
  /// A path of it, with names that are right.
  var samplePath: String {
    declaration.path.text.replacing("{room}", with: "a").replacing("{user}", with: "ann")
      .replacing("{connection}", with: id).replacing("{file}", with: "console.css")
  }
}

@Suite struct EndpointTests {
  /// What a hub has that was started without flags.
  private static let usual = ResourceSet(Settings(machine: fixedMachine))

  private static func describe(_ path: String, in resources: ResourceSet = usual) -> String {
    do throws(HubError) {
      return switch try Endpoint(path, in: resources) {
      case .roomEvents(let room): "events of \(room.text)"
      case .room(let room): "room \(room.text)"
      case .roomMembers(let room): "members of \(room.text)"
      case .userEvents(let user): "events to \(user)"
      case .userConnections(let user): "connections of \(user)"
      case .connection(let id): "connection \(id)"
      case .connectionRoom(let id, let room): "\(room.text) of connection \(id)"
      case .file(let file, _): "file \(file.path)"
      case let other: "\(other)"
      }
    } catch {
      return error.code.rawValue
    }
  }

  @Test(arguments: [
    ("/v1/events", "events"), ("/v1/ws", "webSocket"), ("/v1/rooms", "rooms"), ("/health", "health"),
    ("/ready", "ready"), ("/metrics", "metrics"), ("/v1/rooms/a/events", "events of a"), ("/v1/rooms/a", "room a"),
    ("/v1/rooms/chat:1/events", "events of chat:1"), ("/v1/rooms/chat%3A1/events", "events of chat:1"),
    ("/v1/rooms/events", "room events"), ("/v1/rooms/events/events", "events of events"),
    ("/v1/rooms/a%20b/events", "INVALID_ROOM"), ("/v1/rooms/a%2Fb", "INVALID_ROOM"), ("/v1/rooms/%FF", "INVALID_ROOM"),
    ("/v1/rooms/a%zz", "INVALID_ROOM"), ("/v1/rooms/..", "INVALID_ROOM"), ("/v1/rooms/", "INVALID_ROOM"),
    ("/v1/rooms//events", "NOT_FOUND"), ("/v1/rooms/a/events/", "NOT_FOUND"), ("/v1/rooms/a/b", "NOT_FOUND"),
    ("", "NOT_FOUND"), ("/v2/events", "NOT_FOUND"), ("/v1/events/", "NOT_FOUND"),
    ("/debug/echo", "NOT_FOUND"), ("/v1/rooms/a/members", "members of a"), ("/v1/rooms/members", "room members"),
    ("/v1/rooms/a/members/b", "NOT_FOUND"), ("/v1/users/ann/events", "events to ann"),
    ("/v1/users/ann%40example.org/connections", "connections of ann@example.org"),
    ("/v1/users/a%2Fb/events", "events to a/b"), ("/v1/users/%FF/events", "INVALID_REQUEST"),
    ("/v1/users//events", "NOT_FOUND"), ("/v1/users/ann", "NOT_FOUND"), ("/v1/connections", "connections"),
    ("/v1/connections/", "INVALID_REQUEST"), ("/v1/connections/0f", "INVALID_REQUEST"),
    ("/v1/connections/\(id)", "connection \(id)"), ("/v1/connections/\(id)/rooms/a", "a of connection \(id)"),
    ("/v1/connections/\(id)/rooms/", "INVALID_ROOM"), ("/v1/connections/\(id)/rooms", "NOT_FOUND"),
    ("/v1/nodes", "nodes"), ("/openapi.json", "openAPI"), ("/asyncapi.json", "asyncAPI"),
    ("/", "file /"), ("/roomcast.js", "file /roomcast.js"), ("/roomcast.d.ts", "file /roomcast.d.ts"),
    ("/console/console.css", "file /console/console.css"), ("/console/", "NOT_FOUND"), ("/console/x", "NOT_FOUND"),
  ])
  func `what a path stands for`(_ path: String, endpoint: String) {
    #expect(Self.describe(path) == endpoint)
  }

  @Test func `the echo is there where it is mounted`() {
    #expect(Self.describe("/debug/echo", in: .all) == "echo")
  }

  @Test func `what is allowed is what works`() throws {
    for resource in Resource.allCases {
      let path = resource.samplePath
      let endpoint = try Endpoint(path, in: .all)
      let allowed = endpoint.allow.split(separator: ", ").map(String.init)
      for method in [HTTPMethod.get, .head, .post, .put, .delete] {
        #expect(endpoint.allows(method) == allowed.contains(method.text), "\(method.text) \(path)")
      }
      #expect(allowed.contains("OPTIONS"))
    }
    #expect(try Endpoint("/v1/events", in: .all).allow == "GET, HEAD, POST, OPTIONS")
    #expect(try Endpoint("/v1/ws", in: .all).allow == "GET, OPTIONS")
    #expect(try Endpoint("/v1/connections/\(id)/rooms/a", in: .all).allow == "PUT, DELETE, OPTIONS")
  }

  @Test func `every declared path leads to its own resource, and to nothing where the listener has it not`() throws {
    for resource in Resource.allCases {
      #expect(try Endpoint(resource.samplePath, in: .all).resource == resource)
      let others = ResourceSet(Resource.allCases.filter { $0 != resource })
      #expect(Self.describe(resource.samplePath, in: others) == "NOT_FOUND", "\(resource)")
    }
  }

  @Test func `metrics with a listener of their own are not on the hub's`() {
    var settings = Settings(machine: fixedMachine)
    settings.metrics.address = ListenAddress(host: "127.0.0.1", port: 0)
    #expect(Self.describe("/metrics", in: ResourceSet(settings)) == "NOT_FOUND")
    #expect(Self.describe("/metrics", in: .observing) == "metrics")
    #expect(Self.describe("/v1/rooms", in: .observing) == "NOT_FOUND")
  }
}
