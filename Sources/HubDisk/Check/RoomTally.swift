/// Compares what a room's row says with the rows of its events, which are shown to it in the order of their offsets: a
/// pure value.
struct RoomTally {
  private let room: RoomRow
  private var next: Int64
  private var bytes: Int64 = 0
  private var oldestTime: Int64?
  private(set) var events = 0
  private(set) var problems: [String] = []

  /// So that one broken room leaves space for the others.
  private static let shown = 5

  init(_ room: RoomRow) {
    self.room = room
    next = room.hasBounds ? room.oldest : 1
    for fault in room.faults { add(fault) }
  }

  /// - Parameter fault: what is wrong with the event itself.
  mutating func add(offset: Int64, time: Int64, size: Int64, fault: EventRow.Fault?) {
    guard room.hasBounds else { return }
    guard offset >= room.oldest else {
      add("there is an event \(offset), and its row says that \(room.oldest) is the oldest")
      return
    }
    if let fault { add("the event \(offset): \(fault.reason)") }
    guard offset <= room.newest else {
      add("there is an event \(offset), and its row says that \(room.newest) is the newest")
      return
    }
    if offset > next { add(missing: next, offset - 1) }
    if size <= 0 { add("the event \(offset): its size is \(size)") }
    if events == 0 { oldestTime = time }
    next = offset + 1
    events += 1
    bytes &+= size
  }

  /// After the last event.
  mutating func end() {
    guard room.hasBounds else { return }
    if next <= room.newest { add(missing: next, room.newest) }
    if bytes != room.bytes { add("its row says \(room.bytes) bytes, its events have \(bytes)") }
    if oldestTime != room.oldestTime {
      add("its row says that the oldest event is of \(Self.text(room.oldestTime)), it is of \(Self.text(oldestTime))")
    }
  }

  private mutating func add(missing first: Int64, _ last: Int64) {
    add(first == last ? "the event \(first) is missing" : "the events \(first) to \(last) are missing")
  }

  private mutating func add(_ problem: String) {
    if problems.count < Self.shown { problems.append(problem) }
  }

  private static func text(_ time: Int64?) -> String { time.map { "\($0)" } ?? "no time" }
}
