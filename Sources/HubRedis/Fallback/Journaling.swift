import HubIO
import HubRooms
import HubWire

/// The journal, and which rooms have something in it or on its way there. Called from every reactor.
///
/// A room is out of it again once nothing waits at all: what is sent on goes in the order in which it came.
final class Journaling: Sendable {
  private struct State {
    var rooms: Set<RoomName> = []
    /// An earlier run has left something, of rooms that are known only when it is sent on.
    var hasOld: Bool
    /// Events that the journal has not answered for.
    var underWay = 0
  }

  let journal: any FallbackJournal
  private let state: Lock<State>

  init(_ journal: any FallbackJournal) {
    self.journal = journal
    state = Lock(State(hasOld: journal.count > 0))
  }

  /// Whether something waits that later events of the room must not overtake.
  func concerns(_ room: RoomName) -> Bool { state.withLock { $0.hasOld || $0.rooms.contains(room) } }

  func append(_ batch: [NewAppend], to room: RoomName) async -> [Result<Appended, HubError>] {
    state.withLock { state in
      state.rooms.insert(room)
      state.underWay += batch.count
    }
    let answers = await journal.append(batch, to: room)
    state.withLock { $0.underWay -= batch.count }
    return answers
  }

  /// Whether nothing waits; then no room is concerned any more.
  func settle() -> Bool {
    let journal = journal
    return state.withLock { state in
      guard state.underWay == 0, journal.count == 0 else { return false }
      state.rooms = []
      state.hasOld = false
      return true
    }
  }
}
