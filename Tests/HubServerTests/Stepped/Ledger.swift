import HubTesting
import HubWire

/// What was published, as its publishers know it, to hold what subscribers saw against.
final class Ledger {
  /// What stands at each offset of each room, as far as a publisher was told.
  private(set) var acknowledged: [String: [UInt64: String]] = [:]
  /// Every event that was ever tried, and the connection that it excludes.
  private var tried: [String: String?] = [:]
  private var isKept: Set<String> = []
  private(set) var problems: [String] = []
  private var number = 0

  /// Data for a new event, which stands for it alone.
  func next(by publisher: String, size: Int, excluding connection: String? = nil, isEphemeral: Bool = false) -> String {
    number += 1
    let data = "\"\(publisher).\(number)\(String(repeating: "x", count: size))\""
    tried[data] = .some(connection)
    if !isEphemeral { isKept.insert(data) }
    return data
  }

  func acknowledge(_ data: String, in room: String, at position: Position?) {
    guard let position else {
      if isKept.contains(data) { note("\(data) was acknowledged without a position") }
      return
    }
    if let other = acknowledged[room]?[position.offset], other != data {
      note("\(room) \(position) was given to \(data) and \(other)")
    }
    acknowledged[room, default: [:]][position.offset] = data
  }

  func newest(in room: String) -> UInt64 { acknowledged[room]?.keys.max() ?? 0 }

  /// What the subscribers saw, against what the publishers did, and against each other.
  func check(_ watches: [RoomWatch]) -> [String] {
    var problems = problems
    var truth = acknowledged
    for watch in watches {
      var kept: Set<String> = []
      for (offset, sight, connection) in watch.sights {
        guard case .event(let data) = sight else { continue }
        if tried[data] == nil { problems.append("\(watch.room): \(data) was never published") }
        if !kept.insert(data).inserted { problems.append("\(watch.room): \(data) came twice") }
        if tried[data] == .some(connection), !connection.isEmpty {
          problems.append("\(watch.room): \(data) reached the connection that it excludes")
        }
        if let other = truth[watch.room]?[offset], other != data {
          problems.append("\(watch.room) \(offset): \(data) for one, \(other) for another")
        }
        truth[watch.room, default: [:]][offset] = data
      }
    }
    for watch in watches {
      for case (let offset, .skip(let connection), _) in watch.sights {
        guard let data = truth[watch.room]?[offset] else { continue }
        if tried[data] != .some(connection) {
          problems.append("\(watch.room) \(offset): \(data) was skipped for \(connection)")
        }
      }
      if Set(watch.ephemerals).count != watch.ephemerals.count {
        problems.append("\(watch.room): an ephemeral came twice")
      }
    }
    return problems
  }

  private func note(_ problem: String) {
    problems.append(problem)
  }
}
