import HubWire
import Testing

@testable import HubServer

@Suite struct EndpointTests {
  private static func describe(_ path: String, debugEcho: Bool = false) -> String {
    do throws(HubError) {
      return switch try Endpoint(path, debugEcho: debugEcho) {
      case .roomEvents(let room): "events of \(room.text)"
      case .room(let room): "room \(room.text)"
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
    ("/", "NOT_FOUND"), ("", "NOT_FOUND"), ("/v2/events", "NOT_FOUND"), ("/v1/events/", "NOT_FOUND"),
    ("/debug/echo", "NOT_FOUND"),
  ])
  func `what a path stands for`(_ path: String, endpoint: String) {
    #expect(Self.describe(path) == endpoint)
  }

  @Test func `the echo is there where it is mounted`() {
    #expect(Self.describe("/debug/echo", debugEcho: true) == "echo")
  }

  @Test func `what is allowed is what works`() throws {
    for path in ["/v1/events", "/v1/rooms", "/v1/ws", "/v1/rooms/a/events", "/health"] {
      let endpoint = try Endpoint(path, debugEcho: false)
      let allowed = endpoint.allow.split(separator: ", ").map(String.init)
      for method in [HTTPMethod.get, .head, .post, .put, .delete] {
        #expect(endpoint.allows(method) == allowed.contains(method.text), "\(method.text) \(path)")
      }
      #expect(allowed.contains("OPTIONS"))
    }
    #expect(try Endpoint("/v1/events", debugEcho: false).allows(.post))
    #expect(try !Endpoint("/v1/ws", debugEcho: false).allows(.post))
  }
}
