import HubRooms
import HubWire

/// `GET /v1/rooms/{room}/members`: who is present, in the order in which they came.
struct MembersRoute {
  let node: Node

  func reply(to request: HTTPRequest, room: RoomName) async throws(HubError) -> Reply {
    let query = try HTTPQuery(request.query)
    let cursor = try query["cursor"].map { text throws(HubError) in try MembersRequest.cursor(text) }
    let page = try await node.directory.home(of: room)
      .members(room, after: cursor, limit: try query.number(.limit) ?? 100)
    let body = ServerMessage.membersBody(
      room: room, members: page.json, count: page.count, cursor: page.next)
    return .quiet(.json(200, body))
  }
}
