import HubWire

/// A room that is being made: those who wait for it, and what arrives meanwhile. Touched on its home reactor only.
final class RoomOpening {
  /// There before it can be found: it takes what arrives.
  private(set) var room: Room?
  /// The last position that was told of before there was a room. The engine's answer may be older than what it has told
  /// since.
  private var newest: Position?
  private var isDoubtful = false
  private var hasEnded = false
  private var error: HubError?
  private var waiters: [UnsafeContinuation<HubError?, Never>] = []

  func arrived(_ arrival: RoomArrival) {
    if let room { return room.assumeIsolated { $0.arrived(arrival) } }
    switch arrival {
    case .event(let position, _, _): newest = position
    case .deleted(let place): newest = place.newest
    // Nobody is subscribed yet, and who is there will be asked for.
    case .ephemeral, .presence: break
    case .doubt: isDoubtful = true
    }
  }

  /// What arrives from here on is for the room itself.
  func made(_ room: Room) {
    self.room = room
    let isDoubtful =
      isDoubtful || newest.map { newest in room.assumeIsolated { $0.state.isBeyond(.position(newest)) } } ?? false
    if isDoubtful { room.assumeIsolated { $0.isDoubtful = true } }
  }

  /// Returns when the room can be found, or cannot be made.
  func end() async throws(HubError) {
    // Asked for in one step with the end itself: it may come on the way here.
    let failure = await withUnsafeContinuation { waiter in
      if hasEnded { waiter.resume(returning: error) } else { waiters.append(waiter) }
    }
    if let failure { throw failure }
  }

  func finish(_ error: HubError?) {
    hasEnded = true
    self.error = error
    for waiter in waiters { waiter.resume(returning: error) }
    waiters = []
  }
}
