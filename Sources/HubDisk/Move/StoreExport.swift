package import HubWire

/// Writes the history of a store as lines of JSON, also while a hub runs on it: in the order of rooms' names and of their
/// offsets, from one state of the store, in constant memory.
///
/// What cannot be read is passed over and told: a damaged store's remainder comes out as far as there is any.
package final class StoreExport {
  /// What became of it.
  package struct Report: Sendable {
    package internal(set) var rooms = 0
    package internal(set) var events = 0
    /// Rooms and patterns that were asked for and are not there.
    package internal(set) var unknown: [RoomPattern] = []
    /// What could not be read; the first hundred.
    package fileprivate(set) var losses: [String] = []
    package fileprivate(set) var lossCount = 0
    /// Whether every line was taken by whoever reads them.
    package internal(set) var isTaken = true

    private static let shown = 100

    mutating func add(loss: String) {
      lossCount += 1
      if losses.count < Self.shown { losses.append(loss) }
    }
  }

  private let view: StoreView
  private let patterns: [RoomPattern]
  private let write: ([UInt8]) -> Bool
  private var found: Set<RoomPattern> = []
  private var report = Report()
  private var events: StoredEvents?

  /// - Parameters:
  ///   - rooms: those that are wanted; none for all.
  ///   - write: takes a line without its end; false where nobody reads any more.
  /// - Throws: where the store cannot be opened or read at all.
  package static func run(
    _ directory: String, rooms: [RoomPattern] = [], write: @escaping ([UInt8]) -> Bool
  ) throws(DiskError) -> Report {
    let export = StoreExport(try StoreView(directory), rooms, write)
    try export.view.reading { () throws(SQLiteError) in
      export.events = try StoredEvents(export.view.database)
      try export.run()
    }
    return export.report
  }

  private init(_ view: StoreView, _ rooms: [RoomPattern], _ write: @escaping ([UInt8]) -> Bool) {
    self.view = view
    patterns = rooms
    self.write = write
  }

  private func run() throws(SQLiteError) {
    let rooms = try StoredRooms(view.database)
    while report.isTaken, let room = try rooms.next({ report.add(loss: $0) }) { try take(room) }
    report.unknown = report.isTaken ? patterns.filter { !found.contains($0) } : []
  }

  private func take(_ row: RoomRow) throws(SQLiteError) {
    guard let room = row.room, row.position != nil, row.hasBounds else {
      return report.add(loss: "the room \"\(row.name)\" (row \(row.id)): its row makes no sense")
    }
    let matching = patterns.filter { $0.matches(room) }
    guard patterns.isEmpty || !matching.isEmpty else { return }
    found.formUnion(matching)
    report.rooms += 1
    try takeEvents(of: room, row)
  }

  private func takeEvents(of room: RoomName, _ row: RoomRow) throws(SQLiteError) {
    guard let events else { return }
    events.begin(row)
    var last: Int64 = 0
    while report.isTaken, let (offset, event) = try events.next({ report.add(loss: "\(room): \($0)") }) {
      let position = Position(epoch: row.epoch, offset: UInt64(offset))
      put(HistoryLine(room: room, position: position, event: event.event, time: event.time))
      if report.isTaken { report.events += 1 }
      last = offset
    }
    // Where it stands must not get lost with its newest event, or its positions would be given out again.
    if report.isTaken, row.newest > last, let position = row.position {
      put(HistoryLine(room: room, position: position))
    }
  }

  private func put(_ line: HistoryLine) {
    report.isTaken = write(line.json)
  }
}
