import Glibc
import HubClient
import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms
@testable import HubServer

/// Some hubs in this process that are nodes of one cluster, sorted by their names, with real connections.
struct ClusterScene {
  let cluster: LoopbackCluster
  let hubs: [Hub]
  let engines: [NodeEngine]
  /// What an administrator shows.
  static let key = "rc_" + String(repeating: "a", count: 43)

  /// - Parameters:
  ///   - count: how many nodes; a cluster of one is there too.
  ///   - change: what is unlike the defaults.
  init(_ count: Int, log: Log? = nil, _ change: (inout Settings) -> Void = { _ in }) throws {
    var settings = Settings(machine: Machine(cores: 2, descriptors: 10_064))
    settings.port = 0
    settings.reactors = 2
    settings.drain = .seconds(1)
    change(&settings)
    let log = log ?? Log(level: .error, style: .json, descriptor: open("/dev/null", O_WRONLY))
    let cluster = LoopbackCluster()
    self.cluster = cluster
    let nodes = try (0..<count).map { _ in
      let engine = NodeEngine(epoch: "e", cluster: cluster)
      let hub = try Hub(settings: settings, log: log, listener: nil, engine: engine)
      hub.start()
      return (hub, engine)
    }.sorted { $0.0.node.name < $1.0.node.name }
    hubs = nodes.map(\.0)
    engines = nodes.map(\.1)
  }

  var names: [String] { hubs.map(\.node.name) }

  /// With an administrator's key and signed tokens.
  static func secured(_ settings: inout Settings) {
    settings.keys = [APIKeySettings(name: "a", sha256: APIKey.digest(of: key), scopes: [.read, .publish, .admin])]
    settings.tokens.keys = [
      TokenKeySettings(algorithm: .hs256, material: .secret(HiddenText(SampleKeys.secret)))
    ]
  }

  /// - Parameter issued: seconds since 1970.
  static func token(of user: String, issued: Int64) throws -> String {
    let claims =
      #"{"sub":"\#(user)","iat":\#(issued),"exp":\#(issued + 3600),"roomcast":{"subscribe":["*"]}}"#
    return try SigningKey(secret: Array(SampleKeys.secret.utf8)).token(claims: Array(claims.utf8))
  }

  static var now: Int64 { Int64(time(nil)) }

  // MARK: Clients

  /// A WebSocket at one of the nodes that is subscribed to a room; it closes when it is let go of.
  func join(_ index: Int, _ room: String, token: String? = nil) async throws -> JoinedClient {
    let hub = Roomcast(
      url: try HubURL("http://\(hubs[index].address)"), credential: try token.map { try Credential($0) })
    let client = JoinedClient(hub.events(of: [hub.room(room)]))
    client.connection = await client.next { if case .connected(let id, _, _) = $0 { id } else { nil } } ?? ""
    _ = await client.next { if case .subscribed = $0 { true } else { nil } }
    return client
  }

  /// A request to one of the nodes, as an administrator.
  @discardableResult
  func ask(
    _ index: Int, _ method: HTTPMethod, _ target: String, body: String? = nil
  ) async throws -> (status: Int, body: String) {
    var fields: HTTPFields = ["Authorization": "Bearer \(Self.key)"]
    if body != nil { fields.append("Content-Type", "application/json") }
    let address = hubs[index].address
    let request = HTTPRequestHead(method: method, target: target, host: address, fields: fields)
      .encode(body: body.map { Array($0.utf8) })
    let port = try #require(UInt16(address.split(separator: ":").last ?? ""))
    let answer = try await Task(executorPreference: ClientReactor.shared) {
      let wire = try await Wire.dial(
        host: "127.0.0.1", port: port, address: address, on: ClientReactor.shared, within: .seconds(10))
      defer { wire.close() }
      wire.send(request)
      let answer = try await HTTPLine(wire: wire).answer()
      return (answer.head.status, String(decoding: answer.body, as: UTF8.self))
    }.value
    return answer
  }

  func get(_ index: Int, _ target: String) async throws -> String {
    let answer = try await ask(index, .get, target)
    #expect(answer.status == 200, "\(answer.body)")
    return answer.body
  }
}

/// A client that is subscribed.
final class JoinedClient {
  private var events: ClientEvents.Iterator
  fileprivate(set) var connection = ""

  init(_ events: ClientEvents) {
    self.events = events.makeAsyncIterator()
  }

  /// What happens next that `match` finds something in.
  func next<Value>(_ match: (ClientEvent) -> Value?) async -> Value? {
    while let event = await events.next() {
      if let value = match(event) { return value }
    }
    return nil
  }
}

/// The texts that a member has in the objects of a JSON text, in order.
func values(of member: String, in text: String) -> [String] {
  text.components(after: "\"\(member)\":").map { rest in
    rest.hasPrefix("\"") ? String(rest.dropFirst().prefix { $0 != "\"" }) : String(rest.prefix { !",}]".contains($0) })
  }
}

extension String {
  /// What follows each time that a text stands there.
  fileprivate func components(after mark: String) -> [Substring] {
    var found: [Substring] = []
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(mark) { found.append(rest.dropFirst(mark.count)) }
      rest = rest.dropFirst()
    }
    return found
  }
}
