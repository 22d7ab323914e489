import HubRooms
import HubWire

/// Being seen in rooms, and seeing who is there.
extension Connection {
  /// What the room is told about the stream's user; nil where the client does not want to be seen.
  ///
  /// - Throws: `FORBIDDEN` where the grant does not allow it.
  func presence(of request: RoomSubscription) throws(HubError) -> Presence? {
    guard let info = request.presence, let stream else { return nil }
    let user = try stream.authority.grant.checkPresence(request.room)
    return Presence(room: request.room, connection: stream.id, user: user, info: info)
  }

  static func encodeSubscribed(
    _ room: RoomName, _ standing: Standing, id: RequestID?, connection: ConnectionID? = nil, ping: Int? = nil
  ) -> [UInt8] {
    ServerMessage.encodeSubscribed(
      id: id, room: room, position: standing.position, recovered: standing.recovered, newest: standing.newest,
      members: standing.members?.json, count: standing.members?.count, cursor: standing.members?.next,
      connection: connection, ping: ping)
  }

  /// What the credential allows now may be less than before: who may no longer be seen stays subscribed, if nothing else
  /// is against it.
  func withdrawForbiddenPresence() async {
    guard let stream else { return }
    let grant = stream.authority.grant
    for subscription in stream.subscriptions where subscription.isPresent && !grant.mayBePresent(subscription.room) {
      await worker.fanout.withdraw(subscription)
    }
  }

  func sendMembers(_ room: RoomName, _ cursor: UInt64?, _ limit: Int, id: RequestID?) async {
    do throws(HubError) {
      try await askToRead(room)
      let page = try await node.directory.home(of: room).members(room, after: cursor, limit: limit)
      sendJSON(
        ServerMessage.encodeMembers(id: id, room: room, members: page.json, count: page.count, cursor: page.next))
    } catch {
      fail(error, id: id, room: room.text)
    }
  }
}
