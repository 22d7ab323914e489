import HubIO
import HubRooms
import HubWire

/// How nodes know of each other.
extension RedisCluster {
  /// How often in a lease a node says that it is there.
  private static let beatsPerLease = 5

  func begin(on desk: RedisDesk) {
    Task(executorPreference: desk.reactor) { await self.run(desk) }
  }

  private func run(_ desk: RedisDesk) async {
    if isRunning { return }
    isRunning = true
    let pause = Pause(reactor: desk.reactor)
    self.pause = pause
    desk.listener = self
    subscribe(desk)
    while isRunning {
      await beat(desk)
      var wait = options.lease / Self.beatsPerLease
      // Who has gone is seen when its lease ends, and not at the next beat after that.
      if let end = table.untilNextEnd { wait = min(wait, .milliseconds(end + 5)) }
      await pause.wait(for: max(wait, .milliseconds(20)))
    }
  }

  /// Says that this node is there, and learns who else is.
  func beat(_ desk: RedisDesk) async {
    guard isRunning, let membership else { return }
    let words: [RESPArgument] = [
      .text(membership.node), .bytes(membership.status().json), .number(Int(options.lease.milliseconds)),
    ]
    let result: Result<RESPValue, RedisFailure> = await withUnsafeContinuation { continuation in
      desk.pool.call(.nodes, keys: [key], words, for: key) { continuation.resume(returning: $0) }
    }
    guard case .success(let answer) = result, let values = answer.array, let now = values.first?.integer else {
      isFirst = true
      return
    }
    var told: [(name: String, ends: Int64, status: NodeStatus)] = []
    for index in stride(from: 1, to: values.count - 2, by: 3) {
      guard let name = values[index].text, let ends = values[index + 1].integer,
        let status = values[index + 2].bytes.flatMap({ NodeStatus(json: $0) })
      else { continue }
      told.append((name, Int64(ends), status))
    }
    let change = table.adopt(told, at: Int64(now), isFirst: isFirst)
    // Who comes is known at once, and not at the next beat of the others.
    if isFirst {
      say("N", in: everybody, desk)
      noteRenewal()
    }
    isFirst = false
    publishRecords()
    for node in change.gone where node.name != membership.node {
      tellGone(node.name, late: .milliseconds(node.late), desk)
    }
    // Who is present by one that is back, or by this one from before it could say so, is known to Redis alone.
    if change.hasReturns || !isRegistered { doubtMembers(desk) }
    isRegistered = true
  }

  /// The rooms of all reactors lose the members that the node had.
  private func tellGone(_ node: String, late: Duration, _ desk: RedisDesk) {
    let directory = desk.directory
    for home in directory.homes {
      let reactor = home.reactor
      Task(executorPreference: reactor) { directory.nodeHasGone(node, on: reactor.index, late: late) }
    }
  }

  private func doubtMembers(_ desk: RedisDesk) {
    let directory = desk.directory
    for home in directory.homes {
      let reactor = home.reactor
      Task(executorPreference: reactor) { directory.missed(on: reactor.index) { _ in true } }
    }
  }

  /// Which of these nodes are not there, though somebody is said to be present by them. Where that cannot be known, none
  /// is gone.
  func gone(of names: Set<String>) async -> Set<String> {
    let strangers = names.subtracting(nodes.map(\.name))
    guard !strangers.isEmpty, let desk else { return [] }
    return await Task(executorPreference: desk.reactor) { await self.findGone(of: strangers, desk) }.value
  }

  private func findGone(of strangers: Set<String>, _ desk: RedisDesk) async -> Set<String> {
    // They may have come since this node has looked last.
    await beat(desk)
    return isFirst ? [] : strangers.filter { !table.knows($0) }
  }

  func sayGoodbye(_ desk: RedisDesk) async {
    guard isRunning, let membership else { return }
    isRunning = false
    pause?.end()
    // First the table: whoever hears of it looks there.
    desk.pool.send(RESPCommand("HDEL", .text(key), .text(membership.node)), for: key) { _ in }
    await withUnsafeContinuation { continuation in
      say(Array("L \(membership.node)".utf8), in: everybody, desk) { _ in continuation.resume() }
    }
  }

  func say(_ message: String, in channel: String, _ desk: RedisDesk) {
    say(Array(message.utf8), in: channel, desk)
  }

  /// - Parameter complete: gets whether it was said.
  func say(
    _ message: [UInt8], in channel: String, _ desk: RedisDesk, complete: @escaping (Bool) -> Void = { _ in }
  ) {
    desk.pool.send(RESPCommand("SPUBLISH", .text(channel), .bytes(message)), for: key) { result in
      complete((try? result.get()) != nil)
    }
  }

  private func subscribe(_ desk: RedisDesk) {
    guard let membership else { return }
    for channel in [everybody, self.channel(of: membership.node)] {
      desk.subscribe(channel, for: key) { _ in }
    }
  }
}

extension RedisCluster: RedisDeskListener {
  func linkIsUp(_ link: RedisLink) {
    guard let desk, desk.pool.link(for: key) === link else { return }
    isFirst = true
    subscribe(desk)
    pause?.end()
  }

  func slotsHaveMoved() {
    guard let desk else { return }
    subscribe(desk)
  }

  func hasLeft(_ channel: [UInt8]) {
    guard let desk, let membership else { return }
    let own = [everybody, self.channel(of: membership.node)]
    if own.contains(where: { $0.utf8.elementsEqual(channel) }) { subscribe(desk) }
  }

  /// A letter, and what belongs to it: `N`, a node has something to tell; `L NAME`, it leaves; `Q ID NAME QUESTION`;
  /// `A ID NAME ANSWER`.
  func received(_ message: [UInt8], in channel: [UInt8]) {
    guard let desk, let membership else { return }
    switch message.first {
    case UInt8(ascii: "N"): pause?.end()
    case UInt8(ascii: "L"):
      let node = String(decoding: message.dropFirst(2), as: UTF8.self)
      guard node != membership.node else { return }
      table.remove(node)
      publishRecords()
      forget(node)
      tellGone(node, late: .zero, desk)
    case UInt8(ascii: "Q"):
      if let note = NodeNote(message), note.from != membership.node { answer(note, membership, desk) }
    case UInt8(ascii: "A"):
      if let note = NodeNote(message) { take(note) }
    default: break
    }
  }
}
