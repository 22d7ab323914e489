import HubIO
import HubWire

/// The room and what its engine has.
extension Room {
  /// Looks for what the engine has and the room has not, if there is reason to.
  func compareSoon() {
    guard isInDoubt, !isComparing else { return }
    isComparing = true
    holds += 1
    Task(executorPreference: reactor) { await self.compare() }
  }

  /// Returns when the room has what the engine had at the time of the call.
  func compareNow() async throws(HubError) {
    let error = await withUnsafeContinuation { asker in
      askers.append(asker)
      isDoubtful = true
      compareSoon()
    }
    if let error { throw error }
  }

  private var isInDoubt: Bool { isDoubtful || areMembersDoubtful }

  /// Goes on until the room has what the engine has. Where the engine cannot say, the room stays in doubt, and the next
  /// look is for ``Rooms/sweep()`` to begin.
  private func compare() async {
    var failure: HubError?
    while isInDoubt, failure == nil {
      let asking = askers
      askers = []
      failure = isDoubtful ? await compareEvents() : nil
      for asker in asking { asker.resume(returning: failure) }
      if failure == nil, areMembersDoubtful { failure = await compareMembers() }
    }
    let asking = askers
    askers = []
    for asker in asking { asker.resume(returning: failure) }
    isComparing = false
    holds -= 1
  }

  private func compareEvents() async -> HubError? {
    isDoubtful = false
    let newest = state.newest
    do throws(HubError) {
      let place = try await place()
      begin(place)
      while state.epoch == place.newest.epoch, state.history.newest < place.newest.offset, try await takeNext(place) {
      }
    } catch {
      isDoubtful = true
      return error
    }
    guard isShared, state.hasEarly else { return nil }
    isDoubtful = true
    return state.newest != newest ? nil : HubError(.engineUnavailable, "the engine does not give what it has told of")
  }

  /// Where the engine says that the room stands: asked and answered in one epoch, so that no answer turns the room back
  /// that a deletion has overtaken.
  private func place() async throws(HubError) -> RoomPlace {
    while true {
      let epoch = state.epoch
      let place = try await engine.compare(state.name, at: state.foremost, time: reactor.now)
      if state.epoch == epoch { return place }
    }
  }

  /// Takes what follows the newest event.
  /// - Returns: whether there was any.
  private func takeNext(_ place: RoomPlace) async throws(HubError) -> Bool {
    let newest = state.history.newest
    let part = try await engine.read(state.name, after: newest, through: place.newest.offset, limit: Self.compareLimit)
    guard part.place.newest.epoch == state.epoch else {
      isDoubtful = true
      return false
    }
    if let oldest = part.place.oldest, oldest > state.history.newest + 1 { skip(to: oldest - 1) }
    for event in part.events { take(event, reactor.now) }
    return state.history.newest > newest
  }

  private static let compareLimit = ReadLimit(events: 256, bytes: 1 << 20)

  /// Turns to the engine's epoch if it is another.
  private func begin(_ place: RoomPlace) {
    guard place.newest.epoch != state.epoch else { return change { $0.note(place) } }
    change { $0.renew(place) }
    for stream in streams { stream.post(.renewed(state.newest), from: id) }
    if state.rules.hasPresence { tellMembers() }
    doubtMembers()
  }

  /// The engine has dropped what came next before the room had seen it: for everybody it is a gap.
  private func skip(to offset: UInt64) {
    let newest = state.history.newest
    change { $0.skip(to: offset) }
    for stream in streams { stream.post(.behind(after: newest), from: id) }
  }
}
