import HubRooms
import HubWire

/// `GET /v1/rooms/{room}/events`: history, page by page.
struct HistoryRoute {
  let node: Node

  /// How many bytes of events a page has at most, but for one event that is larger alone.
  private static let pageBytes = 4 << 20

  func reply(to request: HTTPRequest, room: RoomName) async throws(HubError) -> Reply {
    let query = try HTTPQuery(request.query)
    let limit = try query.number(.limit)
    let last = try query.number(.last)
    _ = try query.flag("presence")
    let page = try await Self.page(
      room, PageQuery(after: query["after"], last: last), limit ?? last ?? 100, node)
    let body = ServerMessage.historyBody(
      room: room, position: page.position, recovered: page.recovered, events: page.events.map(\.frame),
      more: page.hasMore)
    return .quiet(.json(200, body))
  }

  static func page(
    _ room: RoomName, _ query: PageQuery, _ limit: Int, _ node: Node
  ) async throws(HubError) -> Page {
    try await node.directory.home(of: room)
      .page(room, query, limit: ReadLimit(events: limit, bytes: pageBytes))
  }
}
