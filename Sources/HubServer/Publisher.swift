import HubIO
import HubRooms
import HubWire

/// Publishes into rooms, for whoever asks: REST or a WebSocket.
struct Publisher {
  let worker: Worker

  /// An event and where it goes: a request that has been understood.
  struct Order {
    let room: RoomName
    let event: NewEvent
    let key: IdempotencyKey?
  }

  /// An event on its way into a room, as the room's namespace wants it.
  ///
  /// - Parameter key: the idempotency key.
  /// - Throws: `INVALID_EVENT` for data that does not fit the namespace, `INVALID_REQUEST` for the key.
  func order(_ event: NewEvent, to room: RoomName, key: String?, by grant: Grant) throws(HubError) -> Order {
    try worker.policy.namespaces.check(event, in: room)
    return Order(room: room, event: event, key: try Self.key(key, principal: grant.principal, event))
  }

  /// The order with what a backend has put in the event's place; the key stays that of the event before.
  ///
  /// - Throws: `INVALID_EVENT` for data that does not fit the namespace.
  func order(_ order: Order, with event: NewEvent) throws(HubError) -> Order {
    try worker.policy.names.check(event.name)
    let limit = worker.node.settings.body.bytes
    guard event.data.byteCount <= limit else {
      throw HubError(.payloadTooLarge, "the backend's data is more than \(limit) bytes (`body.bytes`)")
    }
    try worker.policy.namespaces.check(event, in: order.room)
    return Order(room: order.room, event: event, key: order.key)
  }

  func publish(_ order: Order) async throws(HubError) -> Publication {
    let received = worker.reactor.now
    let batch = [Submission(event: order.event, key: order.key)]
    return count(
      try await worker.node.directory.home(of: order.room)
        .publish(batch, to: order.room, received: received)[0].get())
  }

  /// The same without waiting, where the room's home is this reactor and its engine can answer at once; else nil, and
  /// nothing done.
  func publishNow(_ order: Order) throws(HubError) -> Publication? {
    let home = worker.node.directory.home(of: order.room)
    guard home.reactor === worker.reactor else { return nil }
    let received = worker.reactor.now
    return try home.assumeIsolated { $0.publishNow(order.event, to: order.room, key: order.key, received: received) }
      .get().map(count)
  }

  private func count(_ publication: Publication) -> Publication {
    worker.statistics.count(publication)
    return publication
  }

  /// What is handed to the engine at once: far below what may wait there.
  private static let eventsAtOnce = 1024
  private static let bytesAtOnce = 8 << 20

  /// Publishes many, some at a time, and answers each in their order. Those of one room keep it.
  ///
  /// - Parameter stops: whether nothing more is published once one is refused for now; the rest is refused alike.
  func publish(_ orders: [Order], stops: Bool = false) async -> [Result<Publication, HubError>] {
    var results: [Result<Publication, HubError>] = []
    results.reserveCapacity(orders.count)
    while results.count < orders.count {
      var bytes = 0
      let part = orders[results.count...].prefix(Self.eventsAtOnce).prefix { order in
        defer { bytes += order.event.data.count }
        return bytes < Self.bytesAtOnce
      }
      let answers = await publish(Array(part))
      results += answers
      guard stops, let refusal = answers.first(where: \.isRefusedForNow) else { continue }
      results += Array(repeating: refusal, count: orders.count - results.count)
    }
    return results
  }

  /// Publishes all of them at once: rooms do not wait for each other.
  private func publish(_ orders: [Order]) async -> [Result<Publication, HubError>] {
    var results: [Result<Publication, HubError>?] = Array(repeating: nil, count: orders.count)
    var waiting: [RoomName: [Int]] = [:]
    for (index, order) in orders.enumerated() {
      // None overtakes another that waits.
      if waiting[order.room] == nil {
        do throws(HubError) {
          results[index] = try publishNow(order).map { .success($0) }
        } catch {
          results[index] = .failure(error)
        }
      }
      if results[index] == nil { waiting[order.room, default: []].append(index) }
    }
    for (indices, answers) in await publish(waiting, of: orders) {
      for (index, answer) in zip(indices, answers) { results[index] = answer.map(count) }
    }
    return results.map { $0 ?? .failure(HubError(.internal, "the event was not looked at")) }
  }

  private typealias Answers = (indices: [Int], answers: [Result<Publication, HubError>])

  private func publish(_ waiting: [RoomName: [Int]], of orders: [Order]) async -> [Answers] {
    let received = worker.reactor.now
    return await withTaskGroup(of: Answers.self) { group in
      for (room, indices) in waiting {
        let batch = indices.map { Submission(event: orders[$0].event, key: orders[$0].key) }
        let home = worker.node.directory.home(of: room)
        group.addTask(executorPreference: worker.reactor) {
          (indices, await home.publish(batch, to: room, received: received))
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// The same key must stand for the same event: its digest is over everything that subscribers see of it.
  private static func key(
    _ text: String?, principal: String, _ event: NewEvent
  ) throws(HubError) -> IdempotencyKey? {
    guard let text else { return nil }
    guard (1...IdempotencyKey.maximumLength).contains(text.utf8.count) else {
      throw HubError(
        .invalidRequest,
        "the idempotency key has \(text.utf8.count) bytes; it must have 1 to \(IdempotencyKey.maximumLength)")
    }
    var content = Array(event.name.text.utf8)
    switch event.data {
    case .json(let json): content += [0] + json
    case .base64(let bytes): content += [1] + bytes
    }
    return IdempotencyKey(text: text, principal: principal, digest: Digest.sha256(content.span))
  }
}

extension Result where Failure == HubError {
  /// It may be taken when it is tried again.
  fileprivate var isRefusedForNow: Bool { if case .failure(let error) = self { error.code.isTemporary } else { false } }
}
