/// Counts how many places each key holds. A pure value; an entry goes with the key's last place.
///
/// Who is refused holds no place, but is still connected until it has been told, so that is counted too: past as many
/// again, there is no time for a word.
struct Occupancy<Key: Hashable & Sendable>: Sendable {
  private struct Entry {
    var held: Int32 = 0
    var refused: Int32 = 0
  }

  /// However low the limit is, so many may be told at once.
  static var leastRefused: Int { 64 }

  private var entries: [Key: Entry] = [:]

  /// How many keys hold anything.
  var count: Int { entries.count }

  /// - Parameter countsRefusals: whether who is refused stays for a while, to be told.
  ///
  /// Whoever comes in must ``leave(_:as:)`` with the same seat, but for `shed`, which holds nothing.
  mutating func enter(_ key: Key, limit: Int, countsRefusals: Bool = true) -> Seat {
    var entry = entries[key] ?? Entry()
    if entry.held < limit {
      entry.held += 1
      entries[key] = entry
      return .held
    }
    guard countsRefusals else { return .refused }
    guard entry.refused < max(limit, Self.leastRefused) else { return .shed }
    entry.refused += 1
    entries[key] = entry
    return .refused
  }

  mutating func leave(_ key: Key, as seat: Seat) {
    guard var entry = entries[key] else { return }
    switch seat {
    // Never below nothing: who came in before anything was limited was not counted.
    case .held: entry.held = max(0, entry.held - 1)
    case .refused: entry.refused = max(0, entry.refused - 1)
    case .free, .shed: return
    }
    entries[key] = entry.held == 0 && entry.refused == 0 ? nil : entry
  }
}

/// What a limit says to one more.
enum Seat: Sendable {
  /// Nothing is limited, and nothing was counted.
  case free
  /// It is one of those who may.
  case held
  /// It is one too many, and is to be told so.
  case refused
  /// So many are being told already that this one is closed without a word.
  case shed
}
