import HubIO
import HubRooms
import HubWire

/// What is asked of the whole hub: this node answers, and where there are others, each of them, and the answers become one.
struct ClusterRoute {
  let worker: Worker

  /// Time for the other nodes to answer; whoever does not is named as missing.
  private static let limit = Duration.seconds(2)

  /// - Parameter event: what a user is sent; nil for anything else.
  func reply(
    _ endpoint: Endpoint, _ request: HTTPRequest, event: UserEventContent? = nil
  ) async throws(HubError) -> Reply {
    var question = NodeQuestion(
      method: request.method, path: request.path, query: request.query, time: worker.reactor.kernel.wallTime())
    question.event = event
    let body = try await body(endpoint, question)
    // What changes something is worth a line in the log, but for what is published.
    let isQuiet = question.method == .get || question.method == .post
    return isQuiet ? .quiet(.json(200, body)) : .response(.json(200, body))
  }

  private func body(_ endpoint: Endpoint, _ question: NodeQuestion) async throws(HubError) -> [UInt8] {
    let own = NodeRoute(worker: worker)
    guard let cluster = worker.node.engine.cluster else { return try await own.body(endpoint, question) }
    switch endpoint {
    case .connection, .connectionRoom:
      do throws(HubError) {
        return try await own.body(endpoint, question)
      } catch {
        guard error.code == .notFound else { throw error }
      }
      return try await Self.find(in: ask(question, of: cluster))
    default:
      // Others are asked only what this node has understood.
      let answer = try await own.body(endpoint, question)
      let asked = await ask(question, of: cluster)
      return try ClusterAnswer(own: answer, others: asked.bodies, missing: asked.missing)
        .merged(endpoint, question)
    }
  }

  /// What the others say.
  struct Asked {
    var bodies: [[UInt8]] = []
    var errors: [HubError] = []
    var answered: Set<String> = []
    /// Nodes that have not answered, or not so that this version understands it.
    var missing: [String]
  }

  private func ask(_ question: NodeQuestion, of cluster: any Cluster) async -> Asked {
    let answers = await cluster.ask(question.encode(), within: Self.limit)
    var missing = Set(cluster.nodes.map(\.name))
    missing.remove(worker.node.name)
    var asked = Asked(missing: [])
    for answer in answers {
      guard let reply = NodeReply(answer.content) else {
        missing.insert(answer.node)
        continue
      }
      missing.remove(answer.node)
      asked.answered.insert(answer.node)
      switch reply {
      case .done(let body): asked.bodies.append(body)
      case .failed(let error): asked.errors.append(error)
      }
    }
    asked.missing = missing.sorted()
    return asked
  }

  /// The one answer of whoever has what is looked for.
  ///
  /// - Throws: what that node says of it; `NOT_FOUND` where none has it, `ENGINE_UNAVAILABLE` where that is not known.
  private static func find(in asked: Asked) throws(HubError) -> [UInt8] {
    if let body = asked.bodies.first { return body }
    if let error = asked.errors.first(where: { $0.code != .notFound }) { throw error }
    if asked.missing.isEmpty { throw ConnectionsRoute.gone }
    throw HubError(
      .engineUnavailable,
      "no node that answered has this connection, and \(asked.missing.joined(separator: ", ")) did not answer in time")
  }

  /// Takes over whose tokens some others refuse, the newest of them.
  /// - Returns: those of them who did not answer.
  func learnRevocations(from cluster: any Cluster, _ round: Acquaintances.Round) async -> Set<String> {
    var question = NodeQuestion(method: .get, path: NodeQuestion.revocations, time: 0)
    question.nodes = round.nodes.sorted()
    if round.isBack { question.returned = worker.node.name }
    let asked = await ask(question, of: cluster)
    for body in asked.bodies { worker.node.revocations.learn(body) }
    return round.nodes.subtracting(asked.answered)
  }
}
