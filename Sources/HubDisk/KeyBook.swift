import HubRooms
import HubWire

/// The idempotency keys that count: a pure value. What a transaction would change is kept apart until it is committed.
struct KeyBook {
  /// What a transaction changes.
  struct Changes: Sendable {
    fileprivate(set) var added: ContiguousArray<KeyUse> = []
    fileprivate var byName: [KeyUse.Name: Int] = [:]
    /// How many of the oldest go, and the identifier of the last of them.
    fileprivate(set) var dropped = 0
    fileprivate(set) var droppedThrough: Int64?
  }

  private var uses: [KeyUse.Name: KeyUse] = [:]
  /// The oldest first. A key that was used anew after its time stands here twice until its first entry goes.
  private var order: Queue<(name: KeyUse.Name, id: Int64, used: Int64)> = Queue()
  private var nextID: Int64 = 1
  /// Rooms that were dropped, with the newest key of that time: up to it their keys are forgotten. The oldest first.
  private var forgotten: Queue<(room: RoomName, through: Int64)> = Queue()
  private var forgottenThrough: [RoomName: Int64] = [:]
  /// In milliseconds.
  private let time: Int64
  private let limit: Int

  /// How many expired keys a transaction drops at most, so that none becomes long.
  private static let expiredPerTransaction = 512

  var count: Int { order.count }

  init(time: Int64, limit: Int) {
    self.time = time
    self.limit = limit
  }

  /// Takes what the store has, the oldest first.
  mutating func load(_ stored: [KeyUse]) {
    uses = [:]
    order = Queue()
    for use in stored { add(use) }
  }

  /// The earlier use of a key that still counts.
  func use(of name: KeyUse.Name, _ changes: Changes, at clock: Int64) -> KeyUse? {
    guard let use = changes.byName[name].map({ changes.added[$0] }) ?? uses[name] else { return nil }
    if let through = forgottenThrough[name.room], use.id <= through { return nil }
    return isCurrent(use.id, used: use.used, changes, clock) ? use : nil
  }

  private func isCurrent(_ id: Int64, used: Int64, _ changes: Changes, _ clock: Int64) -> Bool {
    clock - used <= time && id > changes.droppedThrough ?? 0
  }

  func remember(
    _ key: IdempotencyKey, _ name: KeyUse.Name, _ answer: (position: Position?, subscribers: Int),
    in changes: inout Changes, at clock: Int64
  ) {
    if order.count + changes.added.count - changes.dropped >= limit { dropOldest(in: &changes) }
    let use = KeyUse(
      id: nextID + Int64(changes.added.count), name: name, digest: key.digest, position: answer.position,
      subscribers: answer.subscribers, used: clock)
    changes.byName[name] = changes.added.count
    changes.added.append(use)
  }

  private func dropOldest(in changes: inout Changes) {
    let index = changes.dropped
    changes.dropped += 1
    changes.droppedThrough = index < order.count ? order[index].id : changes.added[index - order.count].id
  }

  /// Drops some of those whose time is over.
  func expire(in changes: inout Changes, at clock: Int64) {
    let end = min(order.count, changes.dropped + Self.expiredPerTransaction)
    while changes.dropped < end, clock - order[changes.dropped].used > time { dropOldest(in: &changes) }
  }

  /// The transaction is committed.
  mutating func apply(_ changes: Changes) {
    for use in changes.added { add(use) }
    for _ in 0..<changes.dropped {
      guard let oldest = order.first else { break }
      order.removeFirst()
      if uses[oldest.name]?.id == oldest.id { uses[oldest.name] = nil }
    }
  }

  /// The keys of a room have gone.
  mutating func forget(_ room: RoomName) {
    // Of those that were forgotten before some are not among the keys any more.
    while let first = forgotten.first, first.through < order.first?.id ?? .max {
      forgotten.removeFirst()
      if forgottenThrough[first.room] == first.through { forgottenThrough[first.room] = nil }
    }
    guard !order.isEmpty else { return }
    forgotten.append((room, nextID - 1))
    forgottenThrough[room] = nextID - 1
  }

  private mutating func add(_ use: KeyUse) {
    uses[use.name] = use
    order.append((use.name, use.id, use.used))
    nextID = use.id + 1
  }
}
