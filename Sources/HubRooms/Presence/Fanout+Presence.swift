import HubIO
import HubWire

/// The presence that this reactor's subscriptions hold in rooms.
extension Fanout {
  /// How many are renewed in one call to their home.
  private static let renewalBatch = 256

  /// A subscription stands: from now on its presence is renewed.
  func keepPresent(_ subscription: Subscription) {
    guard let presence = subscription.presence, !presence.hasLeft else { return }
    roll.add(presence)
    if roll.isRenewing { return }
    roll.isRenewing = true
    Task(executorPreference: reactor) { await self.renew() }
  }

  /// The subscription ends; its room is told by whoever ends it.
  func endPresence(of subscription: Subscription) {
    guard let presence = subscription.presence, presence.leave() else { return }
    roll.remove(presence)
  }

  /// The subscription goes on, but is no longer seen.
  package func withdraw(_ subscription: Subscription) {
    guard let presence = subscription.presence, presence.leave() else { return }
    roll.remove(presence)
    guard let home = directory?.home(of: presence.room) else { return }
    Task(executorPreference: home.reactor) { await home.leave(presence) }
  }

  /// Renews all every third of the lease, for as long as there is somebody.
  private func renew() async {
    while !roll.present.isEmpty {
      await reactor.sleep(for: lease / 3)
      guard let directory else { break }
      var batches: [(home: Rooms, presences: [Presence])] = directory.homes.map { ($0, []) }
      for presence in roll.present.values { batches[directory.index(of: presence.room)].presences.append(presence) }
      for (home, presences) in batches {
        for start in stride(from: 0, to: presences.count, by: Self.renewalBatch) {
          await home.renew(Array(presences[start..<min(start + Self.renewalBatch, presences.count)]))
        }
      }
    }
    roll.isRenewing = false
  }

  // MARK: Telling

  /// What a subscriber is told that may have missed somebody's coming or going.
  func tellMembers(_ page: MembersPage, to subscription: Subscription, in room: LocalRoom) {
    subscription.channel.push(Self.members(page, room: room.name, as: subscription.encoding))
  }

  /// The same for everybody who is live: encoded once, and within each one's bounds. Who has no room for it goes on from
  /// history, and is told then.
  func tellMembers(_ page: MembersPage, in room: LocalRoom) {
    sendBurst(of: room)
    dismiss(room.offer { Self.members(page, room: room.name, as: $0) }, from: room)
  }

  private static func members(_ page: MembersPage, room: RoomName, as encoding: SubscriptionEncoding) -> [UInt8] {
    let json = ServerMessage.encodeMembers(
      id: nil, room: room, members: page.json, count: page.count, cursor: page.next)
    return encoding.control("members", json, at: nil)
  }
}
