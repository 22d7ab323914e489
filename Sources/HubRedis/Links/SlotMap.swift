import HubWire

/// Which server of a cluster serves which slots. A pure value.
struct SlotMap {
  private var owners: [RedisEndpoint?] = Array(repeating: nil, count: HashSlot.count)
  private(set) var masters: Set<RedisEndpoint> = []
  /// An answer is awaited that tells the map anew.
  var isRefreshing = false

  func master(of slot: Int) -> RedisEndpoint? { owners[slot] }

  /// Every slot has a server.
  var isWhole: Bool { !owners.contains(nil) }

  mutating func move(_ slot: Int, to endpoint: RedisEndpoint) {
    guard owners.indices.contains(slot) else { return }
    owners[slot] = endpoint
    masters.insert(endpoint)
  }

  /// Takes what `CLUSTER SLOTS` answers: for each range its first and last slot, and its servers, the master first.
  ///
  /// - Parameter endpoint: a server's address from its host and port.
  /// - Returns: whether any slot has moved.
  mutating func adopt(_ answer: RESPValue, endpoint: (String, Int) -> RedisEndpoint?) -> Bool {
    var told: [RedisEndpoint?] = Array(repeating: nil, count: HashSlot.count)
    for range in answer.array ?? [] {
      guard let parts = range.array, parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
        let master = parts[2].array, master.count >= 2, let port = master[1].integer,
        let server = endpoint(master[0].text ?? "", port), first >= 0, first <= last, last < HashSlot.count
      else { continue }
      for slot in first...last { told[slot] = server }
    }
    // Who knows nothing yet has nothing to tell.
    if told.allSatisfy({ $0 == nil }) { return false }
    defer {
      owners = told
      masters = Set(told.compactMap(\.self))
    }
    return owners != told
  }
}

extension RedisPool {
  /// Asks whichever server answers which slots are where.
  func refreshMap() {
    guard let map, !map.isRefreshing, let link = links.values.first(where: \.isUp) else { return }
    self.map?.isRefreshing = true
    link.send(
      RedisRequest(RESPCommand("CLUSTER", "SLOTS")) { [weak self] result in
        guard let self else { return }
        self.map?.isRefreshing = false
        guard case .success(let answer) = result else { return }
        let hasMoved = self.map?.adopt(answer) { host, port in self.endpoint("\(host):\(port)", seenFrom: link) }
        guard hasMoved == true else { return }
        // Each has its link before it is needed.
        for master in self.map?.masters ?? [] { _ = self.link(to: master) }
        self.endUnused()
        self.owner?.slotsHaveMoved()
      })
  }
}
