import HubTesting
import HubWire

/// What was published, as its publishers know it, to hold what subscribers and readers saw against.
final class Ledger {
  /// What stands at each position of each room, as far as a publisher was told.
  private(set) var acknowledged: [String: [Position: String]] = [:]
  /// Where each acknowledged event stands.
  private var places: [String: Position] = [:]
  /// Every event that was ever tried, and the connection that it excludes.
  private var tried: [String: String?] = [:]
  private var isKept: Set<String> = []
  /// Events that were refused for good, or must be.
  private var refused: Set<String> = []
  /// Whether what was published twice is told from what is new: an engine that forgets with the process cannot.
  private let tellsRepeats: Bool
  private(set) var problems: [String] = []
  private var number = 0

  init(tellsRepeats: Bool) {
    self.tellsRepeats = tellsRepeats
  }

  /// Data for a new event, which stands for it alone.
  func next(by publisher: String, size: Int, excluding connection: String? = nil, isEphemeral: Bool = false) -> String {
    number += 1
    let data = "\"\(publisher).\(number)\(String(repeating: "x", count: size))\""
    tried[data] = .some(connection)
    if !isEphemeral { isKept.insert(data) }
    return data
  }

  /// Data for an event that no hub may take.
  func nextRefused(by publisher: String) -> String {
    let data = next(by: publisher, size: 0)
    refused.insert(data)
    return data
  }

  func acknowledge(_ data: String, in room: String, at position: Position?) {
    guard let position else {
      if isKept.contains(data) { note("\(data) was acknowledged without a position") }
      return
    }
    if let other = acknowledged[room]?[position], other != data {
      note("\(room) \(position) was given to \(data) and \(other)")
    }
    if tellsRepeats, let other = places[data], other != position {
      note("\(room): \(data) was acknowledged at \(other) and at \(position)")
    }
    places[data] = position
    acknowledged[room, default: [:]][position] = data
  }

  /// The newest acknowledged offset in an epoch of a room.
  func newest(in room: String, epoch: String) -> UInt64 {
    acknowledged[room]?.keys.lazy.filter { $0.epoch == epoch }.map(\.offset).max() ?? 0
  }

  /// Epochs that a publisher was told of.
  func epochs(of room: String) -> Set<String> { Set(acknowledged[room, default: [:]].keys.map(\.epoch)) }

  // MARK: The end

  /// What stands where, as anybody has seen it.
  private var truth: [String: [Position: String]] = [:]

  /// What the subscribers saw, against what the publishers did, and against each other.
  func check(_ watches: [RoomWatch]) -> [String] {
    truth = acknowledged
    for watch in watches {
      var kept: Set<String> = []
      for (position, sight, connection) in watch.sights {
        guard case .event(let data) = sight else { continue }
        if tellsRepeats, !kept.insert(data).inserted { note("\(watch.room): \(data) came twice") }
        if tried[data] == .some(connection), !connection.isEmpty {
          note("\(watch.room): \(data) reached the connection that it excludes")
        }
        see(data, in: watch.room, at: position)
      }
    }
    for watch in watches {
      for case (let position, .skip(let connection), _) in watch.sights {
        guard let data = truth[watch.room]?[position] else { continue }
        if tried[data] != .some(connection) {
          note("\(watch.room) \(position): \(data) was skipped for \(connection)")
        }
      }
      if Set(watch.ephemerals).count != watch.ephemerals.count { note("\(watch.room): an ephemeral came twice") }
    }
    return problems
  }

  private func see(_ data: String, in room: String, at position: Position) {
    if tried[data] == nil { note("\(room) \(position): \(data) was never published") }
    if refused.contains(data) { note("\(room) \(position): \(data) had to be refused") }
    if let other = truth[room]?[position], other != data {
      note("\(room) \(position): \(data) for one, \(other) for another")
    }
    truth[room, default: [:]][position] = data
  }

  /// What a reader found in a room, page by page, against what anybody has seen before.
  ///
  /// - Parameter isWhole: nothing may be missing, from the first event on.
  func check(_ history: [(position: Position, data: String)], of room: String, isWhole: Bool) -> [String] {
    problems = []
    for (position, data) in history { see(data, in: room, at: position) }
    for (one, next) in zip(history, history.dropFirst())
    where next.position != Position(epoch: one.position.epoch, offset: one.position.offset + 1) {
      note("\(room): \(next.position) follows \(one.position) in the history")
    }
    if tellsRepeats, Set(history.map(\.data)).count != history.count { note("\(room): the history repeats itself") }
    let newest = history.last?.position
    let missed = (truth[room] ?? [:]).keys.filter { position in
      guard let newest, position.epoch == newest.epoch else { return isWhole }
      return position.offset > newest.offset || (isWhole && position.offset < history[0].position.offset)
    }
    if let first = missed.min(by: { $0.offset < $1.offset }) {
      note(
        "\(room): \(missed.count) events were seen or acknowledged and are not in the history, the first at \(first)")
    }
    if isWhole, let first = history.first, first.position.offset != 1 {
      note("\(room): the history begins at \(first.position)")
    }
    return problems
  }

  private func note(_ problem: String) {
    if problems.count < 50 { problems.append(problem) }
  }
}
