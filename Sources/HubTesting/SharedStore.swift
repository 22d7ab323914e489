import HubIO
import HubRooms
package import HubWire

/// What simulated nodes share: rooms with their events, keys and members, and the ways from each node to here.
///
/// As a participant it lets one message a step pass on one of the ways, chosen by the seed, and brings back what was cut
/// when its time has come.
package final class SharedStore: Participant, @unchecked Sendable {
  private let clock: SimulatedClock
  /// How many events of each room are kept.
  private let kept: Int
  /// Time after which a node is gone that has not been heard of.
  private let lease: Duration
  private(set) var rooms: [RoomName: SharedRoom] = [:]
  private var epochs = 0
  /// By node, those that are gone included.
  private var engines: [SharedEngine] = []
  private var links: [SharedLink] { engines.flatMap(\.links) }
  /// What was cut or lost on purpose.
  package private(set) var faults = 0

  package init(clock: SimulatedClock, kept: Int = .max, lease: Duration = .seconds(10)) {
    self.clock = clock
    self.kept = kept
    self.lease = lease
  }

  /// An engine for a node of this name.
  package func engine(of node: String) -> SharedEngine {
    let engine = SharedEngine(node: node, store: self)
    engines.append(engine)
    return engine
  }

  // MARK: What anybody may know

  package func newest(of room: RoomName) -> Position? { rooms[room]?.newest }
  package func users(in room: RoomName) -> Set<String> { Set(rooms[room]?.members.map(\.user) ?? []) }

  // MARK: What goes wrong

  /// The way of one reactor, or all of a node or of everybody, are cut for a while.
  package func cut(_ random: inout SeededRandom) {
    let all = links.filter { $0.isUp }
    guard !all.isEmpty else { return }
    let link = all[random.number(in: 0..<all.count)]
    let reach = random.number(in: 0..<4)
    let end = clock.now + .milliseconds([30, 500, 4000, 14_000][random.number(in: 0..<4)])
    for other in all where reach == 0 || other === link || (reach == 1 && other.engine === link.engine) {
      other.cut(until: end, at: clock.now, &random)
    }
    faults += 1
  }

  /// Nothing of this node comes here, nor to it, before ``mend()``.
  package func cut(_ engine: SharedEngine) {
    var random = SeededRandom(seed: 0)
    for link in engine.links { link.cut(until: nil, at: clock.now, &random) }
  }

  /// What happens in rooms is not told to this node, which has not noticed.
  package func silence(_ engine: SharedEngine) {
    for link in engine.links { link.silence() }
  }

  /// The newest events are gone, and nobody has noticed.
  package func forget(_ count: Int, of room: RoomName) {
    rooms[room]?.forget(count)
  }

  /// The store goes, and comes back without its newest events, or without anything.
  package func lose(_ random: inout SeededRandom) {
    let end = clock.now + .milliseconds(random.number(in: 1...2000))
    for link in links where link.isUp { link.cut(until: end, at: clock.now, &random) }
    if random.once(in: 2) {
      rooms = [:]
    } else {
      for name in rooms.keys { rooms[name]?.isDamaged = true }
      for name in rooms.keys where random.once(in: 2) { rooms[name]?.members.removeAll() }
    }
    faults += 1
  }

  /// A node's process has ended: of what it had sent some has come here.
  package func kill(_ node: SharedEngine, _ random: inout SeededRandom) {
    for link in node.links { link.cut(until: nil, at: clock.now, &random) }
    node.hasEnded = true
  }

  /// Everything that was cut is there again.
  package func mend() {
    for link in links where !link.isUp && !link.engine.hasEnded { link.mend() }
  }

  // MARK: Time

  package func step(_ random: inout SeededRandom) -> Bool {
    var worked = false
    for link in links where link.isDue(at: clock.now) {
      link.mend()
      worked = true
    }
    for engine in engines where reap(engine) { worked = true }
    let busy = links.filter(\.isBusy)
    guard !busy.isEmpty else { return worked }
    busy[random.number(in: 0..<busy.count)].step(&random)
    return true
  }

  /// A node that was not heard of is gone, and its members with it.
  private func reap(_ engine: SharedEngine) -> Bool {
    guard !engine.isReaped, let silent = engine.silentSince, silent + lease <= clock.now else { return false }
    engine.isReaped = true
    for name in rooms.keys { rooms[name]?.members.removeAll { $0.node == engine.node } }
    let late = clock.now - (silent + lease)
    for link in links where link.isUp { link.hear(.gone(engine.node, late: late)) }
    if engine.hasEnded { engines.removeAll { $0 === engine } }
    return true
  }

  // MARK: What nodes ask for

  private func nextEpoch() -> String {
    epochs += 1
    return "s\(epochs)"
  }

  /// Does something in a room; one that has lost events begins a new epoch first.
  func with<Result>(_ name: RoomName, _ body: (inout SharedRoom) -> Result) -> Result {
    var room = rooms[name] ?? SharedRoom(epoch: nextEpoch(), kept: kept)
    if room.isDamaged { room.renew(nextEpoch()) }
    defer { rooms[name] = room }
    return body(&room)
  }

  func compare(_ name: RoomName, at newest: Position) -> RoomPlace {
    with(name) { room in
      if newest.epoch == room.newest.epoch, newest.offset > room.newest.offset { room.renew(nextEpoch()) }
      return room.place
    }
  }

  func append(_ batch: [NewAppend], to name: RoomName) -> [Result<Appended, HubError>] {
    with(name) { room in
      batch.map { new in
        let answer = room.append(new)
        guard case .success(.fresh(let position)) = answer else { return answer }
        announce(
          position.map { .event($0, new.event, time: new.time) } ?? .ephemeral(new.event, time: new.time), in: name)
        return answer
      }
    }
  }

  func drop(_ name: RoomName) -> RoomPlace {
    with(name) { room in
      room.renew(nextEpoch())
      room.members = []
      announce(.deleted(room.place), in: name)
      return room.place
    }
  }

  func tell(_ changes: [SharedPresenceChange], in name: RoomName) {
    with(name) { room in
      for change in changes {
        guard let version = room.take(change) else { continue }
        announce(.presence(change, version: version), in: name)
      }
    }
  }

  private func announce(_ arrival: RoomArrival, in room: RoomName) {
    for link in links where link.follows(room) { link.hear(.arrival(room, arrival)) }
  }
}
