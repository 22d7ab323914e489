package import HubIO
package import HubWire

/// The memory engine's book: where each room stands, and which idempotency keys were used. A pure value.
package struct MemoryEngineState {
  private struct Place {
    let epoch: String
    var newest: UInt64 = 0
    /// Keys that were used before this one are forgotten.
    var firstKey: UInt64 = 0
    /// When the room left the node; nil while it is open.
    var closedAt: Moment?
  }

  private struct UsedKey: Hashable {
    let room: RoomName
    let principal: String
    let text: String
  }

  private struct Use {
    let digest: [UInt8]
    let position: Position?
    let subscribers: Int
    let time: Moment
    /// Counts all uses.
    var number: UInt64 = 0
  }

  private let limits: MemoryEngineLimits
  private let makeEpoch: @Sendable () -> String
  private var places: [RoomName: Place] = [:]
  /// Rooms in the order in which they closed; an entry counts only while its time is still the room's.
  private var closed: Queue<(room: RoomName, time: Moment)> = Queue()
  private var closedCount = 0
  private var keys: [UsedKey: Use] = [:]
  /// The oldest first. A key that was used anew before its time was over stands here twice until its first entry goes.
  private var keyOrder: Queue<(key: UsedKey, number: UInt64, time: Moment)> = Queue()
  private var nextKey: UInt64 = 0

  package var rememberedRooms: Int { closedCount }
  package var rememberedKeys: Int { keys.count }

  package init(limits: MemoryEngineLimits, makeEpoch: @escaping @Sendable () -> String) {
    self.limits = limits
    self.makeEpoch = makeEpoch
  }

  package mutating func open(_ room: RoomName, at time: Moment) -> Position {
    forgetRooms(at: time)
    var place = places[room] ?? Place(epoch: makeEpoch())
    if place.closedAt != nil { closedCount -= 1 }
    place.closedAt = nil
    places[room] = place
    return Position(epoch: place.epoch, offset: place.newest)
  }

  package mutating func append(
    to room: RoomName, isEphemeral: Bool, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended {
    if let key, let answer = try earlierAnswer(room, key, at: time) { return answer }
    let position = isEphemeral ? nil : advance(room)
    if let key {
      remember(key, of: room, Use(digest: key.digest, position: position, subscribers: subscribers, time: time))
    }
    return .fresh(position)
  }

  /// What there was of the room is gone.
  package mutating func drop(_ room: RoomName, at time: Moment) -> Position {
    forgetRooms(at: time)
    var place = Place(epoch: makeEpoch())
    place.firstKey = nextKey
    place.closedAt = places[room]?.closedAt
    places[room] = place
    return Position(epoch: place.epoch, offset: 0)
  }

  package mutating func close(_ room: RoomName, at time: Moment) {
    guard var place = places[room], place.closedAt == nil else { return }
    place.closedAt = time
    places[room] = place
    closedCount += 1
    closed.append((room, time))
    forgetRooms(at: time)
  }

  private mutating func advance(_ room: RoomName) -> Position {
    var position: Position?
    _ = {
      $0.newest += 1
      position = Position(epoch: $0.epoch, offset: $0.newest)
    }(&places[room, default: Place(epoch: makeEpoch())])
    return position ?? Position(epoch: "", offset: 0)
  }

  // MARK: Rooms that are gone

  private mutating func forgetRooms(at time: Moment) {
    while let oldest = closed.first {
      let isCurrent = places[oldest.room]?.closedAt == oldest.time
      let isDue = closedCount > limits.rememberedRooms || time - oldest.time > limits.remember
      guard !isCurrent || isDue else { break }
      closed.removeFirst()
      if isCurrent {
        places[oldest.room] = nil
        closedCount -= 1
      }
    }
    // A room that opens and closes again and again leaves an entry each time behind one that stays.
    if closed.count > 2 * closedCount + 64 {
      closed.removeAll { places[$0.room]?.closedAt != $0.time }
    }
  }

  // MARK: Idempotency

  private mutating func earlierAnswer(
    _ room: RoomName, _ key: IdempotencyKey, at time: Moment
  ) throws(HubError) -> Appended? {
    while let oldest = keyOrder.first, time - oldest.time > limits.idempotency { forgetOldestKey() }
    guard let use = keys[UsedKey(room: room, principal: key.principal, text: key.text)],
      use.number >= places[room]?.firstKey ?? 0
    else { return nil }
    guard use.digest == key.digest else {
      throw HubError(.conflict, "the idempotency key was used for another event in this room; use a new key")
    }
    return .duplicate(use.position, subscribers: use.subscribers)
  }

  private mutating func remember(_ key: IdempotencyKey, of room: RoomName, _ use: Use) {
    while keyOrder.count >= limits.idempotencyKeys, !keyOrder.isEmpty { forgetOldestKey() }
    let used = UsedKey(room: room, principal: key.principal, text: key.text)
    var use = use
    use.number = nextKey
    nextKey += 1
    keys[used] = use
    keyOrder.append((used, use.number, use.time))
  }

  private mutating func forgetOldestKey() {
    guard let oldest = keyOrder.first else { return }
    keyOrder.removeFirst()
    if keys[oldest.key]?.number == oldest.number { keys[oldest.key] = nil }
  }
}
