import HubIO
import HubRooms
import HubWire

/// `POST /v1/users/{user}/events`: one event to every stream of a user on this node, kept nowhere.
struct UserEventRoute {
  let worker: Worker

  func reply(to exchange: Exchange, user: String) async throws(HubError) -> Reply {
    let query = try HTTPQuery(exchange.request.query)
    var key: String?
    let content = try PublishRoute.event(exchange, key: &key)
    let name = try query["event"].map { text throws(HubError) in
      try PublishRoute.name(text, isCloudEvent: key != nil)
    }
    try worker.policy.names.check(name ?? content.name)
    let event = UserEvent(
      user: user, name: name ?? content.name, data: content.data, time: worker.reactor.kernel.wallTime(),
      trace: worker.node.settings.trace.events ? exchange.trace().parent : nil)
    var connections = 0
    for sibling in worker.siblings {
      connections += await sibling.perform { $0.send(event, to: user) }
    }
    let body = JSONWriter.object(capacity: 64 + user.utf8.count) { json in
      json.member("user", user)
      json.member("connections", connections)
    }
    return .quiet(.json(200, body))
  }
}
