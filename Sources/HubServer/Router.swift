import HubIO
import HubRooms
import HubWire

/// Leads a request to the route that answers it. The order is the order of the lines: access, then the path, then the
/// method.
struct Router {
  let connection: Connection
  let worker: Worker

  /// What to do about a request.
  enum Plan {
    case reply(Reply)
    /// Understood, but the answer has to be waited for.
    case publish(PublishRoute.Order)
    case ask(Endpoint)
  }

  /// The synchronous part: all of it, for a publish into a room that lives here.
  ///
  /// - Parameter isTooMany: the connection is one more than the node takes.
  func plan(_ exchange: inout Exchange, isTooMany: Bool) -> Plan {
    do throws(HubError) {
      try checkAccess(exchange.request)
      if isTooMany { return .reply(try tooMany(exchange.request)) }
      let endpoint = try Endpoint(exchange.request.path, debugEcho: worker.node.settings.debug.echo)
      if let reply = checkMethod(endpoint, &exchange) { return .reply(reply) }
      guard case .roomEvents(let room) = endpoint, exchange.request.method == .post else { return .ask(endpoint) }
      let route = PublishRoute(worker: worker)
      let order = try route.order(&exchange, room: room)
      guard let reply = try route.replyNow(to: order) else { return .publish(order) }
      return .reply(share(reply, with: exchange.request))
    } catch {
      return .reply(refuse(error, &exchange))
    }
  }

  /// The answer that had to be waited for.
  func reply(_ plan: Plan, _ exchange: inout Exchange) async -> Reply {
    do throws(HubError) {
      switch plan {
      case .reply(let reply): return reply
      case .publish(let order):
        return share(try await PublishRoute(worker: worker).reply(to: order), with: exchange.request)
      case .ask(let endpoint): return share(try await answer(endpoint, &exchange), with: exchange.request)
      }
    } catch {
      return refuse(error, &exchange)
    }
  }

  /// Requests come from few hosts: the one that was let in last needs no second look.
  private func checkAccess(_ request: HTTPRequest) throws(HubError) {
    if AccessRules.isProbe(request.path) { return }
    let host = request.host
    if host == worker.admittedHost, !request.hasOrigin { return }
    try worker.node.access.check(request)
    worker.admittedHost = host
  }

  /// A browser is told after the handshake, since it cannot see why one failed.
  private func tooMany(_ request: HTTPRequest) throws(HubError) -> Reply {
    let error = HubError(.tooManyConnections, "the node has its limit of connections (`connections`)")
    guard request.wantsUpgrade else { throw error }
    return .webSocket(WebSocketOpening(offer: try WebSocketHandshake.offer(in: request), purpose: .refuse(error)))
  }

  private func checkMethod(_ endpoint: Endpoint, _ exchange: inout Exchange) -> Reply? {
    let method = exchange.request.method
    if endpoint.allows(method) { return nil }
    if method == .options { return share(.response(preflight(endpoint)), with: exchange.request) }
    worker.count(.methodNotAllowed)
    let error = HubError(.methodNotAllowed, "\(method.text) does not work here; use \(endpoint.allow)")
    return share(.error(error, fields: ["Allow": endpoint.allow], trace: exchange.trace()), with: exchange.request)
  }

  private func refuse(_ error: HubError, _ exchange: inout Exchange) -> Reply {
    worker.count(error.code)
    let fields = error.code == .upgradeRequired ? WebSocketHandshake.upgradeRequiredFields : HTTPFields()
    return share(.error(error, fields: fields, trace: exchange.trace()), with: exchange.request)
  }

  private func answer(_ endpoint: Endpoint, _ exchange: inout Exchange) async throws(HubError) -> Reply {
    let request = exchange.request
    switch endpoint {
    case .roomEvents(let room):
      if request.wantsUpgrade { return try StreamRoute(node: worker.node).webSocket(request, room: room) }
      if request.prefersEventStream, !exchange.isHead {
        return try StreamRoute(node: worker.node).eventStream(request, room: room)
      }
      return try await HistoryRoute(node: worker.node).reply(to: request, room: room)
    case .events:
      if request.method == .post {
        return try await PublishManyRoute(connection: connection, worker: worker, sharing: sharing(request))
          .reply(to: &exchange)
      }
      let stream = try StreamRoute(node: worker.node).eventStream(request)
      return exchange.isHead ? .quiet(HTTPResponse(status: 200, fields: ["Content-Type": "text/event-stream"])) : stream
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

  /// The page that may ask may also read the answer (Fetch, "CORS protocol"); others are told nothing.
  private func sharing(_ request: HTTPRequest) -> HTTPFields {
    guard let origin = request.fields["Origin"], worker.node.access.allowsOrigin(origin, authority: request.host) else {
      return HTTPFields()
    }
    return ["Access-Control-Allow-Origin": origin, "Vary": "Origin"]
  }

  private func share(_ reply: Reply, with request: HTTPRequest) -> Reply {
    guard request.hasOrigin else { return reply }
    let sharing = sharing(request)
    switch reply {
    case .response(var response):
      response.fields.append(sharing)
      return .response(response)
    case .quiet(var response):
      response.fields.append(sharing)
      return .quiet(response)
    case .eventStream(let rooms, _): return .eventStream(rooms, sharing)
    case .webSocket, .streamed: return reply
    }
  }

  private func preflight(_ endpoint: Endpoint) -> HTTPResponse {
    let fields: HTTPFields = [
      "Allow": endpoint.allow, "Access-Control-Allow-Methods": endpoint.allow,
      "Access-Control-Allow-Headers":
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, traceparent, tracestate",
      "Access-Control-Max-Age": "600",
    ]
    return HTTPResponse(status: 204, fields: fields)
  }
}
