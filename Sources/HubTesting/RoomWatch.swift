package import HubWire

/// What one subscriber has been told of one room, held against what the hub promises: offsets one after another, gaps told,
/// and a resumed subscription that begins where the last one ended.
package struct RoomWatch {
  /// One thing that stands at an offset.
  package enum Sight: Equatable, Sendable {
    /// The event's data.
    case event(String)
    /// Told to this connection.
    case skip(connection: String)
  }

  package let room: String
  /// The connection as `welcome` or `subscribed` named it.
  package var connection = ""
  /// What a client would resume from.
  package private(set) var position: Position?
  package private(set) var isSubscribed = false
  package private(set) var sights: [(position: Position, sight: Sight, connection: String)] = []
  package private(set) var ephemerals: [String] = []
  package private(set) var gaps = 0
  package private(set) var recoveries = 0
  package private(set) var failedRecoveries = 0
  /// Times that the hub took the room away.
  package private(set) var takenAway = 0
  /// The connection has gone on without the room since.
  package private(set) var isTakenAway = false
  /// It is seen in the room itself.
  package var isSeen = false
  /// Who is there, as it was told; nil where the room does not tell.
  package internal(set) var members: Set<String>?
  /// Lists of members that it was told of besides the one in `subscribed`.
  package internal(set) var lists = 0
  /// Comings and goings that it was told of.
  package internal(set) var changes = 0
  /// What was told though it must not be.
  package private(set) var problems: [String] = []

  package init(room: String) {
    self.room = room
  }

  /// The connection is gone; what was told remains.
  package mutating func disconnected() {
    isSubscribed = false
    isTakenAway = false
    isSeen = false
    members = nil
  }

  /// Begins from nothing, as a client that reloads its state.
  package mutating func forget() {
    position = nil
  }

  package mutating func subscribed(_ beginning: Position, recovered: Bool?, resuming: Bool) {
    if isSubscribed { note("subscribed twice") }
    isSubscribed = true
    isTakenAway = false
    if (recovered != nil) != resuming { note("`recovered` is \(String(describing: recovered)), resuming: \(resuming)") }
    if recovered == true {
      recoveries += 1
      if let position, beginning != position { note("recovered at \(beginning), but had been told \(text)") }
    }
    if recovered == false {
      failedRecoveries += 1
      if let position, position.epoch == beginning.epoch, position.offset > beginning.offset {
        note("sent back from \(position) to \(beginning)")
      }
    }
    position = beginning
  }

  package mutating func unsubscribed() {
    takenAway += isSubscribed ? 1 : 0
    isTakenAway = true
    isSubscribed = false
    isSeen = false
    members = nil
  }

  package mutating func event(_ event: ReceivedEvent) {
    let data = String(decoding: event.rawData, as: UTF8.self)
    guard let position = event.position else {
      if !isSubscribed { note("ephemeral event while not subscribed") }
      return ephemerals.append(data)
    }
    see(.event(data), at: position)
  }

  /// An event that has a place, as a program that uses a client gets it.
  package mutating func event(_ data: String, at place: Position) {
    see(.event(data), at: place)
  }

  package mutating func skip(_ position: Position) {
    see(.skip(connection: connection), at: position)
  }

  package mutating func gap(from: Position, to end: Position) {
    gaps += 1
    if from != position { note("a gap from \(from), but had been told \(text)") }
    if end.epoch == from.epoch, end.offset <= from.offset { note("a gap from \(from) to \(end)") }
    position = end
  }

  private mutating func see(_ sight: Sight, at place: Position) {
    if !isSubscribed { note("\(place) while not subscribed") }
    if let position, place.epoch != position.epoch || place.offset != position.offset + 1 {
      note("\(place) after \(position)")
    }
    if position == nil { note("\(place) before `subscribed`") }
    position = place
    sights.append((place, sight, connection))
  }

  private var text: String { position.map(\.description) ?? "nothing" }

  mutating func note(_ problem: String) {
    if problems.count < 20 { problems.append("\(room): \(problem)") }
  }
}
