import HubWire

/// Which of several servers has a room: rendezvous hashing, a kind of consistent hashing. Each server has a weight
/// for each room, and the heaviest has it; so a server more or less moves only the rooms that it gets or had.
struct ShardRing: Sendable {
  private let seeds: [UInt64]

  /// - Parameter servers: their names; the order does not matter, but for equal names.
  init(_ servers: [String]) {
    seeds = servers.map { Self.hash($0.utf8, 0xcbf2_9ce4_8422_2325) }
  }

  /// The index of the room's server.
  func server(of room: String) -> Int {
    if seeds.count == 1 { return 0 }
    var best = (index: 0, weight: UInt64(0))
    for index in seeds.indices {
      let weight = Self.mix(Self.hash(room.utf8, seeds[index]))
      if index == 0 || weight > best.weight { best = (index, weight) }
    }
    return best.index
  }

  /// FNV-1a from a beginning.
  private static func hash(_ bytes: String.UTF8View, _ begin: UInt64) -> UInt64 {
    var hash = begin
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  /// FNV alone leaves the upper bits of short names alike (the end of MurmurHash3).
  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
    value = (value ^ (value >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return value ^ (value >> 33)
  }
}
