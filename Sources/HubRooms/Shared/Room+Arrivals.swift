import HubIO
import HubWire

/// What an engine that several nodes share tells a room.
extension Room {
  /// The room is there, and cannot be found yet: who is present is known before anybody asks for it.
  func beginShared() async throws(HubError) {
    isComparing = true
    let failure = state.rules.hasPresence ? await compareMembers() : nil
    isComparing = false
    if let failure { throw failure }
    compareSoon()
  }

  func arrived(_ arrival: RoomArrival) {
    switch arrival {
    case .event(let position, let new, let time):
      if position.epoch == state.epoch {
        take(Event(new, room: state.name, position: position, time: time), reactor.now)
      }
      // Those in between are missing, or all of an epoch.
      if position.epoch != state.epoch || state.hasEarly { isDoubtful = true }
    case .ephemeral(let new, let time): spread(ephemeral: new, time, reactor.now)
    case .deleted(let place): begin(anew: place)
    case .presence(let change, let version): arrived(change, version: version)
    case .doubt: doubt()
    }
    compareSoon()
  }

  /// Anything may have been missed.
  func doubt() {
    isDoubtful = true
    doubtMembers()
  }

  /// Nobody will find the room any more.
  func close() {
    change { $0.free(bytes: $0.history.cost) }
    closePresence()
  }
}
