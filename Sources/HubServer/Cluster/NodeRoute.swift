import HubIO
import HubRooms
import HubWire

/// What a node answers of itself alone, be it asked by a client or by another node.
struct NodeRoute {
  let worker: Worker

  /// The answer with 200: a JSON object.
  ///
  /// - Throws: what is wrong with the question, or `NOT_FOUND` where it is about nothing of this node.
  func body(_ endpoint: Endpoint, _ question: NodeQuestion) async throws(HubError) -> [UInt8] {
    let query = try HTTPQuery(question.query)
    let deletes = question.method == .delete
    let connections = ConnectionsRoute(worker: worker)
    switch endpoint {
    case .rooms: return try await RoomsRoute(node: worker.node).list(query)
    case .room(let room) where !deletes: return try await RoomsRoute(node: worker.node).one(room)
    case .userEvents(let user): return try await UserEventRoute(worker: worker).send(question, to: user)
    case .userConnections(let user) where deletes:
      return try await UsersRoute(worker: worker).close(user, query, at: question.time / 1000)
    case .userConnections(let user): return try await connections.list(query, of: user)
    case .connections: return try await connections.list(query)
    case .connection(let id) where deletes: return try await connections.close(id, query)
    case .connection(let id): return try await connections.one(id)
    case .connectionRoom(let id, let room) where deletes: return try await connections.unsubscribe(id, from: room)
    case .connectionRoom(let id, let room): return try await connections.subscribe(id, to: room)
    default: throw HubError(.notFound, "there is nothing at this path that a node answers")
    }
  }

  /// The same for another node. Of a room it is told who subscribes here: where the room stands, it asks the engine itself.
  func bodyForNode(_ question: NodeQuestion) async throws(HubError) -> [UInt8] {
    if question.path == NodeQuestion.revocations { return revocations(question) }
    let endpoint = try Endpoint(question.path, in: .all)
    guard endpoint.allows(question.method) else { throw HubError(.methodNotAllowed, "this does not work here") }
    if case .room(let room) = endpoint, question.method == .get {
      return await RoomsRoute(node: worker.node).subscribers(of: room)
    }
    return try await body(endpoint, question)
  }

  private func revocations(_ question: NodeQuestion) -> [UInt8] {
    guard question.nodes?.contains(worker.node.name) != false else { return Array("{}".utf8) }
    if let returned = question.returned { worker.node.noteReturned(returned) }
    return worker.node.revocations.newest()
  }
}

/// Answers what other nodes ask. Each is answered from this node alone, so that no question goes round.
final class NodeAnswers: Sendable {
  private let workers: [Worker]
  private let underWay = Lock((events: 0, others: 0))

  /// How many are looked at at once; past them nobody is answered, and this node is missing in the answers. What users are
  /// sent is lost then, and so is not crowded out by what can be asked again, nor the other way round.
  static let maximumEvents = 256
  static let maximumOthers = 64

  init(_ workers: [Worker]) {
    self.workers = workers
  }

  func answer(_ bytes: [UInt8]) async -> [UInt8] {
    let question: NodeQuestion
    do throws(HubError) {
      question = try NodeQuestion(bytes)
    } catch {
      return NodeReply.failed(error).encode()
    }
    let isEvent = question.event != nil
    guard begin(isEvent), let worker = workers.randomElement() else { return [] }
    defer { end(isEvent) }
    return await worker.perform { worker in
      do throws(HubError) {
        return NodeReply.done(try await NodeRoute(worker: worker).bodyForNode(question)).encode()
      } catch {
        return NodeReply.failed(error).encode()
      }
    }
  }

  /// - Returns: whether one more can be looked at; whoever is let in says when it has ended.
  func begin(_ isEvent: Bool) -> Bool {
    underWay.withLock { count in
      if isEvent {
        guard count.events < Self.maximumEvents else { return false }
        count.events += 1
      } else {
        guard count.others < Self.maximumOthers else { return false }
        count.others += 1
      }
      return true
    }
  }

  func end(_ isEvent: Bool) {
    underWay.withLock { count in
      if isEvent { count.events -= 1 } else { count.others -= 1 }
    }
  }
}
