import HubRooms
import HubWire

/// A room as a ``SharedStore`` keeps it.
struct SharedRoom {
  private struct Use {
    let digest: [UInt8]
    let position: Position?
    let subscribers: Int
  }

  private(set) var newest: Position
  private let kept: Int
  private var events: [(position: Position, new: NewEvent, time: Int64)] = []
  private var keys: [String: Use] = [:]
  var members: [SharedMember] = []
  private var version: UInt64 = 0
  /// Some of its newest events are lost.
  var isDamaged = false

  init(epoch: String, kept: Int) {
    newest = Position(epoch: epoch, offset: 0)
    self.kept = kept
  }

  var place: RoomPlace { RoomPlace(newest: newest, oldest: newest.offset + 1 - UInt64(events.count)) }
  var snapshot: SharedMembers { SharedMembers(version: version, members: members) }

  /// Nothing of what was is left but who is there.
  mutating func renew(_ epoch: String) {
    newest = Position(epoch: epoch, offset: 0)
    events = []
    keys = [:]
    isDamaged = false
  }

  mutating func forget(_ count: Int) {
    events.removeLast(count)
    newest = Position(epoch: newest.epoch, offset: newest.offset - UInt64(count))
  }

  mutating func append(_ new: NewAppend) -> Result<Appended, HubError> {
    if let key = new.key, let use = keys["\(key.principal) \(key.text)"] {
      if use.digest != key.digest { return .failure(HubError(.conflict, "the key was used for another event")) }
      return .success(.duplicate(use.position, subscribers: use.subscribers))
    }
    let position = new.event.isEphemeral ? nil : Position(epoch: newest.epoch, offset: newest.offset + 1)
    if let position {
      newest = position
      events.append((position, new.event, new.time))
      if events.count > kept { events.removeFirst() }
    }
    if let key = new.key {
      keys["\(key.principal) \(key.text)"] = Use(
        digest: key.digest, position: position, subscribers: new.subscribers)
    }
    return .success(.fresh(position))
  }

  func read(_ name: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit) -> StoredPart {
    let part = events.lazy.filter { $0.position.offset > offset && $0.position.offset <= end }
      .prefix(max(1, limit.events))
    return StoredPart(
      place: place, events: part.map { Event($0.new, room: name, position: $0.position, time: $0.time) })
  }

  /// - Returns: the version of the change; nil where it changes nothing.
  mutating func take(_ change: SharedPresenceChange) -> UInt64? {
    switch change {
    case .entered(let member):
      if members.contains(where: { $0.key == member.key }) { return nil }
      members.append(member)
    case .left(let key):
      guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
      members.remove(at: index)
    }
    version += 1
    return version
  }
}
