import HubIO
import HubRooms
import HubWire

/// What a backend has decided about users, for as long as it counts. A pure value: it is told the time.
///
/// It is bounded: the oldest answers are forgotten first, and asked for again.
struct DecisionCache {
  struct Key: Hashable {
    let user: String
    /// Nil for connecting.
    let room: RoomName?
  }

  private struct Entry {
    let answer: BackendAnswer
    let end: Moment
    /// Which of several notes about the same key this is.
    let number: UInt64
  }

  private let maximum: Int
  private var entries: [Key: Entry] = [:]
  /// In the order in which they were noted; those that were noted again stand there twice.
  private var order = Queue<(key: Key, number: UInt64)>()
  private var number: UInt64 = 0

  init(maximum: Int = 10_000) {
    self.maximum = maximum
  }

  var count: Int { entries.count }

  func answer(for key: Key, at now: Moment) -> BackendAnswer? {
    guard let entry = entries[key], now < entry.end else { return nil }
    return entry.answer
  }

  mutating func note(_ answer: BackendAnswer, for key: Key, at now: Moment, for time: Duration) {
    guard time > .zero else { return }
    number += 1
    entries[key] = Entry(answer: answer, end: now + time, number: number)
    order.append((key, number))
    while order.count > maximum, let oldest = order.first {
      order.removeFirst()
      if entries[oldest.key]?.number == oldest.number { entries[oldest.key] = nil }
    }
  }
}
