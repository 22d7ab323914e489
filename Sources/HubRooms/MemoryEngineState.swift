package import HubIO
package import HubWire

/// The memory engine's book: where each room stands, and which idempotency keys were used. A pure value.
package struct MemoryEngineState {
  private struct Place {
    let epoch: String
    var newest: UInt64 = 0
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
  }

  private let limits: MemoryEngineLimits
  private let makeEpoch: @Sendable () -> String
  private var places: [RoomName: Place] = [:]
  /// Rooms in the order in which they closed; an entry counts only while its time is still the room's.
  private var closed: Queue<(room: RoomName, time: Moment)> = Queue()
  private var closedCount = 0
  private var keys: [UsedKey: Use] = [:]
  private var keyOrder: Queue<(key: UsedKey, time: Moment)> = Queue()

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
    while let oldest = keyOrder.first, time - oldest.time > limits.idempotency {
      keyOrder.removeFirst()
      keys[oldest.key] = nil
    }
    guard let use = keys[UsedKey(room: room, principal: key.principal, text: key.text)] else { return nil }
    guard use.digest == key.digest else {
      throw HubError(.conflict, "the idempotency key was used for another event in this room; use a new key")
    }
    return .duplicate(use.position, subscribers: use.subscribers)
  }

  private mutating func remember(_ key: IdempotencyKey, of room: RoomName, _ use: Use) {
    if keys.count >= limits.idempotencyKeys, let oldest = keyOrder.first {
      keyOrder.removeFirst()
      keys[oldest.key] = nil
    }
    let used = UsedKey(room: room, principal: key.principal, text: key.text)
    keys[used] = use
    keyOrder.append((used, use.time))
  }
}
