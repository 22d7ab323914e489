import HubIO
import HubRooms
import HubWire

/// What the links tell.
extension RedisDesk: RedisPoolOwner {
  func linkIsUp(_ link: RedisLink) {
    noteHealth()
    // Nothing is subscribed over it, whatever was: each room that it has compares itself, and is followed again.
    let (pool, prefix) = (self.pool, options.names)
    directory.missed(on: reactor.index) { pool.link(for: RoomKeys($0, prefix: prefix).base) === link }
    listener?.linkIsUp(link)
  }

  func linkIsDown(_ link: RedisLink, reason: String, wasUp: Bool) {
    noteHealth()
  }

  func slotsHaveMoved() {
    noteHealth()
    let (pool, prefix, followed) = (self.pool, options.names, self.followed)
    directory.missed(on: reactor.index) { room in
      followed[room].map { !$0.holds || pool.link(for: RoomKeys(room, prefix: prefix).base) !== $0.link } ?? true
    }
    listener?.slotsHaveMoved()
  }

  private func noteHealth() {
    shared.note(absence: pool.absence, of: reactor.index)
  }

  func link(_ link: RedisLink, pushed values: [RESPValue]) {
    guard values.count == 3, let channel = values[1].bytes else { return }
    let room = channels[channel]
    switch values[0].text {
    case "smessage":
      guard let message = values[2].bytes else { return }
      guard let room else {
        listener?.received(message, in: channel)
        return
      }
      // What cannot be read is not lost: the room compares itself.
      directory.arrived(RoomMessage.decode(message) ?? .doubt, in: room, on: reactor.index)
    case "sunsubscribe":
      // It was closed, or the channel's slot has moved to another server.
      guard let room else {
        listener?.hasLeft(channel)
        return
      }
      followed[room] = nil
      directory.arrived(.doubt, in: room, on: reactor.index)
    default: break
    }
  }

  // MARK: Upkeep

  /// How many rooms are looked at in one second at least: all of them within a part of the shortest life.
  private static let prolongedAtOnce = 1000
  private static let prolongedWithin = 10

  /// What silent rooms have in Redis must not end while somebody subscribes here.
  func tick() {
    noteHealth()
    if prolonging.isEmpty { prolonging = Array(followed.keys) }
    let due = prolonging.suffix(max(Self.prolongedAtOnce, followed.count / Self.prolongedWithin))
    prolonging.removeLast(due.count)
    for room in due {
      guard let follow = followed[room], follow.holds else { continue }
      let life = remember(history(of: room))
      guard reactor.now - follow.prolonged > .milliseconds(life / 4) else { continue }
      followed[room]?.prolonged = reactor.now
      let names = keys(room)
      for name in [names.room, names.members] {
        pool.send(RESPCommand("PEXPIRE", .text(name), .number(life)), for: names.base) { _ in }
      }
    }
  }
}

/// Whoever uses the links of a desk for something else than rooms.
protocol RedisDeskListener: AnyObject {
  func linkIsUp(_ link: RedisLink)
  func slotsHaveMoved()
  /// The channel is subscribed no more.
  func hasLeft(_ channel: [UInt8])
  func received(_ message: [UInt8], in channel: [UInt8])
}
