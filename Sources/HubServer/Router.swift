import HubIO
import HubRooms
import HubWire

/// Leads a request to the route that answers it. The order is the order of the lines: access, then the path, then the
/// method.
struct Router {
  let connection: Connection
  let worker: Worker

  func reply(to exchange: inout Exchange) async -> Reply {
    do throws(HubError) {
      let request = exchange.request
      if !AccessRules.isProbe(request.path) { try worker.node.access.check(request) }
      let endpoint = try Endpoint(request.path, debugEcho: worker.node.settings.debug.echo)
      if request.method == .options { return .response(preflight(endpoint)) }
      guard endpoint.methods.contains(request.method) else {
        worker.count(.methodNotAllowed)
        let error = HubError(.methodNotAllowed, "\(request.method.text) does not work here; use \(endpoint.allow)")
        return .error(error, fields: ["Allow": endpoint.allow], trace: exchange.trace())
      }
      return share(try await answer(endpoint, &exchange), with: request)
    } catch {
      worker.count(error.code)
      let fields = error.code == .upgradeRequired ? WebSocketHandshake.upgradeRequiredFields : HTTPFields()
      return share(.error(error, fields: fields, trace: exchange.trace()), with: exchange.request)
    }
  }

  private func answer(_ endpoint: Endpoint, _ exchange: inout Exchange) async throws(HubError) -> Reply {
    let request = exchange.request
    switch endpoint {
    case .roomEvents(let room):
      if request.method == .post { return try await PublishRoute(worker: worker).reply(to: &exchange, room: room) }
      if request.wantsUpgrade { return try StreamRoute(node: worker.node).webSocket(request, room: room) }
      if request.prefersEventStream, !exchange.isHead {
        return try StreamRoute(node: worker.node).eventStream(request, room: room)
      }
      return try await HistoryRoute(node: worker.node).reply(to: request, room: room)
    case .events:
      if request.method == .post {
        return try await PublishManyRoute(connection: connection, worker: worker).reply(to: &exchange)
      }
      return try StreamRoute(node: worker.node).eventStream(request)
    case .webSocket: return try StreamRoute(node: worker.node).webSocket(request)
    case .echo: return try StreamRoute(node: worker.node).echo(request)
    case .rooms: return try await RoomsRoute(node: worker.node).list(request)
    case .room(let room): return try await RoomsRoute(node: worker.node).one(room)
    case .health: return .quiet(.text(200, "alive\n"))
    case .ready: return try ready()
    case .metrics: return .quiet(await MetricsRoute(node: worker.node, workers: worker.siblings).response())
    }
  }

  private func ready() throws(HubError) -> Reply {
    if worker.node.isDraining { throw HubError(.draining, "the hub is shutting down") }
    return .quiet(.text(200, "ready\n"))
  }

  // MARK: Pages of other origins

  /// The page that may ask may also read the answer (Fetch, "CORS protocol"); the origin was checked before.
  private func share(_ reply: Reply, with request: HTTPRequest) -> Reply {
    guard let origin = request.fields["Origin"] else { return reply }
    switch reply {
    case .response(var response):
      Self.share(&response, with: origin)
      return .response(response)
    case .quiet(var response):
      Self.share(&response, with: origin)
      return .quiet(response)
    case .webSocket, .eventStream, .streamed: return reply
    }
  }

  private static func share(_ response: inout HTTPResponse, with origin: String) {
    response.fields.append("Access-Control-Allow-Origin", origin)
    response.fields.append("Vary", "Origin")
  }

  private func preflight(_ endpoint: Endpoint) -> HTTPResponse {
    let fields: HTTPFields = [
      "Allow": endpoint.allow, "Access-Control-Allow-Methods": endpoint.allow,
      "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, traceparent, tracestate",
      "Access-Control-Max-Age": "600",
    ]
    return HTTPResponse(status: 204, fields: fields)
  }
}
