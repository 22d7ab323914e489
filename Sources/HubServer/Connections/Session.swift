import HubRooms
import HubWire

/// Decides what a client's message means. A pure value: it performs nothing.
struct Session {
  let maximumRooms: Int
  let isDraining: Bool
  /// What the client may do.
  let grant: Grant
  /// Its token has expired: it may only replace it.
  var hasExpired = false
  var names = NameLimits()
  /// Most bytes that a member may tell about itself.
  var infoBytes = PresenceSettings().infoBytes

  /// - Parameter subscribed: the rooms that the connection is subscribed to.
  func receive(_ message: [UInt8], subscribed: [RoomName]) -> [SessionAction] {
    do throws(ClientMessageError) {
      return try actions(for: ClientMessage.parse(message, maximumRooms: maximumRooms), subscribed)
    } catch {
      // What cannot be parsed at all ends the connection: its client speaks another language.
      if error.error.code == .invalidJSON { return [.close(error.error)] }
      return [.fail(error.error, id: error.id, room: nil)]
    }
  }

  private func actions(
    for message: ClientMessage, _ subscribed: [RoomName]
  ) throws(ClientMessageError) -> [SessionAction] {
    if hasExpired { try refuseExpired(message) }
    switch message {
    case .subscribe(let id, let rooms, _): return subscribe(rooms, id: id, subscribed)
    case .ping(let id): return [.answer(ServerMessage.encodePong(id: id))]
    case .unsubscribe(let id, let room):
      return try with(room, id) { [.unsubscribe($0, id: id)] }
    case .publish(let id, let request):
      return try with(request.room, id) { room throws(HubError) in
        try grant.checkPublish(room)
        try names.check(request.name)
        return [.publish(room, request, id: id)]
      }
    case .history(let id, let request):
      return try with(request.room, id) { room throws(HubError) in
        try grant.checkRead(room)
        return [
          .history(room, try PageQuery(after: request.after, last: request.last), limit: request.limit ?? 100, id: id)
        ]
      }
    case .members(let id, let request):
      return try with(request.room, id) { room throws(HubError) in
        try grant.checkRead(room)
        return [.members(room, after: request.cursor, limit: request.limit ?? 100, id: id)]
      }
    case .auth(let id, let token): return [.authenticate(token, id: id)]
    }
  }

  /// A client whose token has expired may say goodbye, show life, and show a fresh one.
  private func refuseExpired(_ message: ClientMessage) throws(ClientMessageError) {
    switch message {
    case .auth, .ping, .unsubscribe: break
    case .subscribe(let id, _, _), .publish(let id, _), .history(let id, _), .members(let id, _):
      throw ClientMessageError(
        id: id, error: HubError(.tokenExpired, "the token has expired; send `auth` with a fresh one"))
    }
  }

  /// One answer a room: a bad one harms no other.
  private func subscribe(_ requests: [RoomRequest], id: RequestID?, _ subscribed: [RoomName]) -> [SessionAction] {
    var held = Set(subscribed)
    return requests.map { request in
      do throws(HubError) {
        let room = try RoomName(request.room)
        try names.check(room)
        let after = try request.after.map { text throws(HubError) in try ResumePoint(text) }
        try grant.checkRead(room)
        if let info = request.presence { try checkPresence(info, in: room) }
        if isDraining { throw HubError(.draining, "the hub is shutting down; connect again") }
        if held.contains(room) { throw Self.isSubscribed }
        if held.count >= maximumRooms { throw Self.tooManyRooms(maximumRooms) }
        held.insert(room)
        return .subscribe(RoomSubscription(room: room, after: after, presence: request.presence), id: id)
      } catch {
        return .fail(error, id: id, room: String(request.room.prefix(RoomName.maximumLength)))
      }
    }
  }

  private func checkPresence(_ info: [UInt8], in room: RoomName) throws(HubError) {
    guard info.count <= infoBytes else {
      throw HubError(
        .payloadTooLarge, "`presence` is \(info.count) bytes, the limit is \(infoBytes) (`presence.infoBytes`)")
    }
    _ = try grant.checkPresence(room)
  }

  static let isSubscribed = HubError(.conflict, "the connection is subscribed to this room already")

  static func tooManyRooms(_ maximum: Int) -> HubError {
    HubError(.tooManyRooms, "a connection may subscribe to \(maximum) rooms (`client.rooms`)")
  }

  private func with(
    _ room: String, _ id: RequestID?, _ body: (RoomName) throws(HubError) -> [SessionAction]
  ) throws(ClientMessageError) -> [SessionAction] {
    do throws(HubError) {
      let room = try RoomName(room)
      try names.check(room)
      return try body(room)
    } catch {
      throw ClientMessageError(id: id, error: error)
    }
  }
}

/// What a client's message leads to.
enum SessionAction {
  /// A JSON text to send.
  case answer([UInt8])
  case fail(HubError, id: RequestID?, room: String?)
  /// The connection cannot go on.
  case close(HubError)
  case subscribe(RoomSubscription, id: RequestID?)
  case unsubscribe(RoomName, id: RequestID?)
  case publish(RoomName, PublishRequest, id: RequestID?)
  case authenticate(String, id: RequestID?)
  case history(RoomName, PageQuery, limit: Int, id: RequestID?)
  case members(RoomName, after: UInt64?, limit: Int, id: RequestID?)
}

extension PageQuery {
  /// What a reader of history asks for; neither means the last hundred.
  /// - Throws: `INVALID_REQUEST` for both, `INVALID_POSITION`.
  init(after: String?, last: Int?) throws(HubError) {
    if let after {
      guard last == nil else { throw HubError(.invalidRequest, "give `after` or `last`, not both") }
      self = .after(try ResumePoint(after))
    } else {
      self = .last(last ?? 100)
    }
  }
}
