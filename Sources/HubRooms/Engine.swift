package import HubIO
package import HubWire

/// Where events, positions and idempotency keys live: what every engine promises to rooms.
///
/// - **Atomic per room**: each event that is taken gets one offset; offsets are 1, 2, 3 … without a hole within an epoch,
///   and no two events of an epoch get the same. What an engine has answered, it keeps for as long as it says that it
///   keeps anything. An engine that finds offsets gone, or gone backwards, begins a new epoch for that room.
/// - **Order**: a room may have several batches under way; answers may come in any order. The offset decides. Events of
///   one batch get their offsets in its order.
/// - **May be repeated**: `open` and `read` change nothing that a client could see. An event with a key can be appended
///   again: it is taken once.
/// - **Failures**: only `ENGINE_UNAVAILABLE` (try again later), and `CONFLICT` for a key used with another body. An append
///   that failed so may or may not have been taken; the room compares itself with the engine before it goes on.
/// - **Time**: everything is answered in bounded time, with a failure where it must be.
///
/// Calls come from every reactor's thread, and an engine must not block them: what waits, suspends.
package protocol Engine: AnyObject, Sendable {
  /// Where the room stands, beginning an epoch for one that is unknown. The engine keeps an opened room's place until
  /// ``close(_:at:)``; afterwards it may forget it, the longest unused first. From here on until then an engine that is
  /// shared tells what arrives in the room.
  func open(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace

  /// The same for a room that is open and stands at `newest`: an engine whose own offsets are behind that has lost some,
  /// and begins a new epoch.
  func compare(_ room: RoomName, at newest: Position, time: Moment) async throws(HubError) -> RoomPlace

  /// Takes events of one room, in their order; one answer for each. An ephemeral one gets no position, but its key counts.
  func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>]

  /// One event without waiting, for an engine that can answer at once; nil, and nothing done, where it cannot.
  ///
  /// - Parameter subscribers: how many the publisher is told of; a duplicate is told the same again.
  func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended?

  /// Whether `appendNow` is worth a try for events that are kept.
  var answersAtOnce: Bool { get }

  /// The events after `offset` up to `end`, as many as fit the limit and at least one where there is one, from the oldest
  /// that is kept on. Only an engine whose places have an `oldest` is asked.
  func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart

  /// Drops what there is of the room, its events and its idempotency keys, and begins a new epoch; returns where it stands
  /// then. What was appended before is gone for good when this has been answered, and what comes later is of that epoch.
  func drop(_ room: RoomName, at time: Moment) async throws(HubError) -> RoomPlace

  /// The same without waiting, for an engine that can answer at once; nil, and nothing done, where it cannot.
  func dropNow(_ room: RoomName, at time: Moment) -> RoomPlace?

  /// What holds for rooms from now on. Only an engine that keeps events needs to know.
  func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules)

  /// The room has left this node: nobody subscribes, nothing is kept in memory.
  func close(_ room: RoomName, at time: Moment)

  /// Called about once a second: gives up what has taken too long.
  func tick(at time: Moment)

  /// Whether events are taken.
  var health: EngineHealth { get }
  var statistics: EngineStatistics { get }

  // MARK: Several nodes

  /// Whether other nodes have the same rooms. Then a room takes no event from the answer to its own append: what is new in
  /// it, by whichever node, is told to the directory of ``start(on:of:)``, once and in the order of offsets.
  var isShared: Bool { get }

  /// Called once for each reactor, on its thread, before anything is asked for a room whose home it is. What arrives in
  /// those rooms is told there, on that thread.
  func start(on reactor: Reactor, of directory: RoomDirectory)

  /// Who is present in an open room on all nodes. Only an engine that is shared is asked.
  func members(of room: RoomName) async throws(HubError) -> SharedMembers

  /// Tells the other nodes who came and went here. Nothing is answered: what is lost is told again when the room compares
  /// itself (``SharedMembers``).
  func tell(_ changes: [SharedPresenceChange], in room: RoomName)

  /// The other nodes; nil for an engine that has none.
  var cluster: (any Cluster)? { get }
}

extension Engine {
  package func appendNow(
    _ event: NewEvent, to room: RoomName, key: IdempotencyKey?, subscribers: Int, at time: Moment
  ) throws(HubError) -> Appended? {
    nil
  }

  package var answersAtOnce: Bool { true }

  package func dropNow(_ room: RoomName, at time: Moment) -> RoomPlace? { nil }

  package func adopt(_ rules: @escaping @Sendable (RoomName) -> RoomRules) {}

  package func tick(at time: Moment) {}

  package func compare(_ room: RoomName, at newest: Position, time: Moment) async throws(HubError) -> RoomPlace {
    try await open(room, at: time)
  }

  package var isShared: Bool { false }

  package func start(on reactor: Reactor, of directory: RoomDirectory) {}

  package func members(of room: RoomName) async throws(HubError) -> SharedMembers {
    throw HubError(.internal, "this engine has one node")
  }

  package func tell(_ changes: [SharedPresenceChange], in room: RoomName) {}

  package var cluster: (any Cluster)? { nil }
}

/// One event on its way into an engine.
package struct NewAppend: Sendable {
  package let event: NewEvent
  package let key: IdempotencyKey?
  /// How many the publisher is told of; a duplicate is told the same again.
  package let subscribers: Int
  /// The event's time, in milliseconds since 1970.
  package let time: Int64

  package init(event: NewEvent, key: IdempotencyKey?, subscribers: Int, time: Int64) {
    self.event = event
    self.key = key
    self.subscribers = subscribers
    self.time = time
  }
}

/// An engine's answer to an append.
package enum Appended: Sendable, Equatable {
  /// Taken, at this position; nil for an ephemeral event.
  case fresh(Position?)
  /// The key was used before for the same event, which stands here.
  case duplicate(Position?, subscribers: Int)
  /// The engine is away. The event waits on this node's disk, and is sent on when the engine is back; it has no place yet.
  case queued
  /// The engine is away. The event is kept nowhere: the room tells its own subscribers of it, as of an ephemeral one.
  case local
}

/// Where a room stands in an engine.
package struct RoomPlace: Sendable, Equatable {
  /// The newest event that there ever was; offset 0 before the first.
  package var newest: Position
  /// The oldest event that can be read, one past the newest where none can; nil for an engine that keeps no events, so
  /// that what the room has in memory is all there is.
  package var oldest: UInt64?

  package init(newest: Position, oldest: UInt64?) {
    self.newest = newest
    self.oldest = oldest
  }
}

/// A part of a room's history as an engine keeps it.
package struct StoredPart: Sendable {
  /// Where the room stood when the part was read.
  package let place: RoomPlace
  package let events: [Event]

  package init(place: RoomPlace, events: [Event]) {
    self.place = place
    self.events = events
  }
}

/// Whether an engine takes events.
package enum EngineHealth: Sendable, Equatable {
  case up
  /// It does not, and why; it comes back by itself where that is possible.
  case down(reason: String)
}

/// What an engine tells about itself.
package struct EngineStatistics: Sendable {
  /// Rooms that have left the node and whose place is remembered.
  package var rememberedRooms = 0
  package var keys = 0
  /// Events that wait to be taken.
  package var waiting = 0
  /// Events taken, and the batches in which they were made to last.
  package var appended: UInt64 = 0
  package var commits: UInt64 = 0
  /// How long each batch took.
  package var commitTimes = Histogram()
  /// Events read for those who came late.
  package var read: UInt64 = 0
  /// Events dropped because they were too many, too old or too large together.
  package var dropped: UInt64 = 0
  /// Events that could not be taken.
  package var failures: UInt64 = 0
  /// Bytes on disk.
  package var bytes = 0

  package init() {}
}
