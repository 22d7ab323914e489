import HubIO
import HubRooms
import HubWire

/// `POST /v1/users/{user}/events`: one event to every stream of a user, kept nowhere.
struct UserEventRoute {
  let worker: Worker

  /// - Throws: what is wrong with the request.
  func content(_ exchange: Exchange) throws(HubError) -> UserEventContent {
    let query = try HTTPQuery(exchange.request.query)
    var key: String?
    let content = try PublishRoute.event(exchange, key: &key)
    let name = try query["event"].map { text throws(HubError) in
      try PublishRoute.name(text, isCloudEvent: key != nil)
    }
    try worker.policy.names.check(name ?? content.name)
    return UserEventContent(
      name: name ?? content.name, data: content.data,
      trace: worker.node.settings.trace.events ? exchange.trace().parent : nil)
  }

  /// Sends it to the streams of this node.
  func send(_ question: NodeQuestion, to user: String) async throws(HubError) -> [UInt8] {
    guard let content = question.event else { throw HubError(.invalidRequest, "there is no event") }
    let event = UserEvent(content, user: user, time: question.time)
    var connections = 0
    for sibling in worker.siblings {
      connections += await sibling.perform { $0.send(event, to: user) }
    }
    return JSONWriter.object(capacity: 64 + user.utf8.count) { json in
      json.member("user", user)
      json.member("connections", connections)
    }
  }
}
