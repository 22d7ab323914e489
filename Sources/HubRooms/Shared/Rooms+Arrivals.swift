import HubIO
import HubWire

/// What an engine that several nodes share tells the rooms of one reactor.
extension Rooms {
  func arrived(_ arrival: RoomArrival, in name: RoomName) {
    if let room = rooms[name] {
      room.assumeIsolated { $0.arrived(arrival) }
    } else {
      openings[name]?.arrived(arrival)
    }
  }

  /// Some compare themselves at once, the others when ``sweep()`` comes by, or when something arrives that does not follow.
  func missed(where isConcerned: @Sendable (RoomName) -> Bool) {
    for (name, opening) in openings where isConcerned(name) { opening.arrived(.doubt) }
    var begun = 0
    for (name, room) in rooms where isConcerned(name) {
      begun += 1
      let isAtOnce = begun <= Self.roomsPerSweep
      room.assumeIsolated { room in
        room.doubt()
        if isAtOnce { room.compareSoon() }
      }
    }
  }

  func nodeHasGone(_ node: String, late: Duration) {
    for opening in openings.values { opening.room?.assumeIsolated { $0.nodeHasGone(node, late: late) } }
    for room in rooms.values { room.assumeIsolated { $0.nodeHasGone(node, late: late) } }
  }

  /// Publishes into a room that is not open here: that is no reason to follow what others publish in it.
  func publishUnopened(_ batch: [Submission], to name: RoomName) async -> [Result<Publication, HubError>] {
    let time = reactor.kernel.wallTime()
    let batch = limits.rules(name).isEphemeral ? batch.map(\.ephemeral) : batch
    let answers = await engine.append(
      batch.map { NewAppend(event: $0.event, key: $0.key, subscribers: 0, time: time) }, to: name, at: reactor.now)
    return zip(answers, batch).map { answer, submission in
      answer.map { appended in
        // Somebody may have come meanwhile.
        if case .local = appended {
          let now = reactor.now
          rooms[name]?.assumeIsolated { $0.spread(ephemeral: submission.event, time, now) }
        }
        let publication = Publication(appended, subscribers: 0)
        note(publication)
        return publication
      }
    }
  }
}
