import HubIO
import HubRooms
import HubWire

/// Leads a request to the route that answers it: what is there at its path, the middleware of that group of routes, the
/// method, and then the route.
struct Router {
  let connection: Connection
  let worker: Worker
  let gate: Gate

  /// What to do about a request.
  enum Plan {
    case reply(Reply)
    /// Understood, but the answer has to be waited for.
    case publish(Publisher.Order)
    case ask(Endpoint)
  }

  /// Finds what a request's head is about, and leads it through the middleware.
  func admit(_ exchange: Exchange) {
    do throws(HubError) {
      let endpoint = try find(exchange.request)
      exchange.endpoint = endpoint
      if exchange.request.method == .options {
        try gate.checkHost(exchange.request)
        return try gate.checkOrigin(exchange.request)
      }
      for step in RouteGroup(endpoint, exchange.request).middleware {
        try step.admit(exchange, at: endpoint, through: gate)
      }
      if let room = endpoint.room { try worker.policy.names.check(room) }
    } catch {
      exchange.failure = error
    }
  }

  /// The synchronous part of the answer: all of it, for a publish into a room that lives here.
  func plan(_ exchange: Exchange) -> Plan {
    do throws(HubError) {
      if let failure = exchange.failure { throw failure }
      guard let endpoint = exchange.endpoint else { throw HubError(.internal, "the request was not looked at") }
      if exchange.request.method == .options { return .reply(answerOptions(endpoint, exchange.request)) }
      guard endpoint.allows(exchange.request.method) else { return .reply(refuseMethod(endpoint, exchange)) }
      guard case .roomEvents(let room) = endpoint, exchange.request.method == .post else { return .ask(endpoint) }
      let route = PublishRoute(worker: worker)
      let order = try route.order(exchange, room: room)
      guard let reply = try route.replyNow(to: order, by: exchange.grant) else { return .publish(order) }
      return .reply(share(reply, with: exchange.request))
    } catch {
      return .reply(refuse(error, exchange))
    }
  }

  /// What there is at the path. A name that the hub must not be called by learns nothing, not even that.
  private func find(_ request: HTTPRequest) throws(HubError) -> Endpoint {
    do throws(HubError) {
      return try Endpoint(request.path, in: gate.reader.resources)
    } catch {
      try gate.checkHost(request)
      try gate.checkOrigin(request)
      throw error
    }
  }

  /// The answer that had to be waited for.
  func reply(_ plan: Plan, _ exchange: Exchange) async -> Reply {
    do throws(HubError) {
      switch plan {
      case .reply(let reply): return reply
      case .publish(let order):
        return share(
          try await PublishRoute(worker: worker).reply(to: order, by: exchange.grant), with: exchange.request)
      case .ask(let endpoint): return share(try await answer(endpoint, exchange), with: exchange.request)
      }
    } catch {
      return refuse(error, exchange)
    }
  }

  private func refuseMethod(_ endpoint: Endpoint, _ exchange: Exchange) -> Reply {
    worker.count(.methodNotAllowed)
    let error = HubError(
      .methodNotAllowed, "\(exchange.request.method.text) does not work here; use \(endpoint.allow)")
    return share(.error(error, fields: ["Allow": endpoint.allow], trace: exchange.trace()), with: exchange.request)
  }

  private func refuse(_ error: HubError, _ exchange: Exchange) -> Reply {
    worker.count(error.code)
    var fields = HTTPFields()
    switch error.code {
    case .upgradeRequired: fields = WebSocketHandshake.upgradeRequiredFields
    // RFC 6750 section 3: what to show, and whether what was shown is no good.
    case .unauthorized where exchange.request.fields.contains("Authorization"), .tokenExpired:
      fields.append("WWW-Authenticate", "Bearer realm=\"roomcast\", error=\"invalid_token\"")
    case .unauthorized: fields.append("WWW-Authenticate", "Bearer realm=\"roomcast\"")
    default: break
    }
    return share(.error(error, fields: fields, trace: exchange.trace()), with: exchange.request)
  }

  private func answer(_ endpoint: Endpoint, _ exchange: Exchange) async throws(HubError) -> Reply {
    let request = exchange.request
    switch endpoint {
    case .roomEvents(let room):
      let route = StreamRoute(worker: worker, grant: exchange.grant)
      if request.wantsUpgrade, !exchange.isHead {
        return try route.webSocket(exchange, room: room, refusal: gate.refusal?.refusal)
      }
      if request.prefersEventStream, !exchange.isHead { return try route.eventStream(request, room: room) }
      try await worker.askToRead(room, by: exchange.grant)
      return try await HistoryRoute(node: worker.node).reply(to: request, room: room)
    case .events:
      if request.method == .post {
        return try await PublishManyRoute(connection: connection, worker: worker, sharing: sharing(request))
          .reply(to: exchange)
      }
      let stream = try StreamRoute(worker: worker, grant: exchange.grant).eventStream(request)
      guard exchange.isHead else { return stream }
      return .quiet(HTTPResponse(status: 200, fields: .of(type: "text/event-stream")))
    case .webSocket:
      return try StreamRoute(worker: worker, grant: exchange.grant).webSocket(exchange, refusal: gate.refusal?.refusal)
    case .echo: return try StreamRoute(worker: worker, grant: exchange.grant).echo(request)
    case .room(let room) where request.method == .delete:
      return try await RoomsRoute(node: worker.node).delete(room)
    case .rooms, .room, .userConnections, .connections, .connection, .connectionRoom:
      return try await ClusterRoute(worker: worker).reply(endpoint, request)
    case .roomMembers(let room):
      try await worker.askToRead(room, by: exchange.grant)
      return try await MembersRoute(node: worker.node).reply(to: request, room: room)
    case .userEvents:
      let event = try UserEventRoute(worker: worker).content(exchange)
      return try await ClusterRoute(worker: worker).reply(endpoint, request, event: event)
    case .nodes: return .quiet(NodesRoute(node: worker.node).response())
    case .openAPI: return .quiet(DocumentRoute(worker: worker).openAPI(gate.reader.resources))
    case .asyncAPI: return .quiet(DocumentRoute(worker: worker).asyncAPI())
    case .file(let file, _): return .quiet(WebRoute(file: file).response(to: request))
    case .health: return .quiet(.text(200, "alive\n"))
    case .ready: return try ready(HTTPQuery(request.query))
    case .metrics: return .quiet(await MetricsRoute(node: worker.node, workers: worker.siblings).response())
    }
  }

  /// `?engine=ignore` is for balancers of hubs that go on without their engine.
  private func ready(_ query: HTTPQuery) throws(HubError) -> Reply {
    let engine = query[Parameter.engine.name]
    guard engine == nil || engine == "ignore" else {
      throw HubError(.invalidRequest, "`engine` must be ignore")
    }
    if worker.node.isDraining { throw HubError(.draining, "the hub is shutting down") }
    if engine == nil, case .down(let reason) = worker.node.engine.health {
      throw HubError(.engineUnavailable, "the engine takes no events\(timeAway): \(reason)")
    }
    return .quiet(.text(200, "ready\n"))
  }

  /// How long the engine has been away, where that has been seen already.
  private var timeAway: String {
    let state = worker.node.engineState
    let seconds = (worker.reactor.kernel.wallTime() - state.since) / 1000
    return state.health == .up || seconds < 1 ? "" : " for \(seconds) s"
  }

  // MARK: Pages of other origins

  /// The page that may ask may also read the answer (Fetch, "CORS protocol"); others are told nothing.
  private func sharing(_ request: HTTPRequest) -> HTTPFields {
    guard let origin = request.fields["Origin"], worker.policy.access.allowsOrigin(origin, authority: request.host)
    else {
      return HTTPFields()
    }
    // What a page can act on and would not see otherwise (Fetch, "CORS-safelisted response-header name").
    return [
      "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "Retry-After, WWW-Authenticate",
      "Vary": "Origin",
    ]
  }

  private func share(_ reply: Reply, with request: HTTPRequest) -> Reply {
    // What is shared with everybody says so itself.
    guard request.hasOrigin, !reply.isShared else { return reply }
    let sharing = sharing(request)
    switch reply {
    case .response(var response):
      response.fields.append(sharing)
      return .response(response)
    case .quiet(var response):
      response.fields.append(sharing)
      return .quiet(response)
    case .eventStream(let rooms, let grant, _): return .eventStream(rooms, grant, sharing)
    case .webSocket, .streamed: return reply
    }
  }

  /// What works here; to a page that may ask, also a preflight's answer. No credential is needed to learn it.
  private func answerOptions(_ endpoint: Endpoint, _ request: HTTPRequest) -> Reply {
    var fields: HTTPFields = [
      "Allow": endpoint.allow, "Access-Control-Allow-Methods": endpoint.allow,
      "Access-Control-Allow-Headers":
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, ce-id, ce-source, ce-specversion, ce-type, "
        + "traceparent, tracestate",
      "Access-Control-Max-Age": "600",
    ]
    // A page of the public web asks for an address that only its reader can reach (Private Network Access).
    if request.hasOrigin, request.fields.says("Access-Control-Request-Private-Network", "true") {
      fields.append("Access-Control-Allow-Private-Network", "true")
    }
    return share(.response(HTTPResponse(status: 204, fields: fields)), with: request)
  }
}
