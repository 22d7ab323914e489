private import Glibc
package import HubIO
package import HubWire

/// Plays the operating system for one reactor, in memory: descriptors, readiness as epoll reports it, and a clock that
/// stands still until the test moves it.
package final class SimulatedKernel: Kernel {
  private enum Entry {
    case listener
    case stream(SimulatedLink)
  }

  private let clock: SimulatedClock
  private var random: SeededRandom
  /// Indexed by descriptor; the lowest free one is given out next, as by a real system, so that they are reused at once.
  private var entries: [Entry?] = [nil, nil, nil]
  private var watched: [Int32: Bool] = [:]
  /// Descriptors of which something has changed since they were reported.
  private var changed: [Int32] = []
  private var accepting: [SimulatedLink] = []

  /// How long the last ``wait(atMost:report:)`` was allowed to wait; nil for ever.
  package private(set) var lastLimit: Duration? = .zero
  /// How often somebody woke this kernel.
  package private(set) var wakes = 0

  /// Called while the reactor waits: what other threads do then.
  package var whileWaiting: (() -> Void)?

  package init(clock: SimulatedClock, seed: UInt64) {
    self.clock = clock
    random = SeededRandom(seed: seed)
  }

  /// Descriptors that are open, a listener included.
  package var openCount: Int { entries.count { $0 != nil } }

  // MARK: The test's side

  /// A descriptor that listens.
  package func listen() -> Int32 {
    place(.listener)
  }

  /// A client connects; the hub finds it in its accept queue.
  package func connect(_ conduct: SimulatedLink.Conduct) -> SimulatedLink {
    let link = SimulatedLink(conduct: conduct, random: SeededRandom(seed: random.next()))
    accepting.append(link)
    return link
  }

  func noteEdge(_ descriptor: Int32) {
    if watched[descriptor] == true, !changed.contains(descriptor) { changed.append(descriptor) }
  }

  private func place(_ entry: Entry) -> Int32 {
    let free = entries.indices.dropFirst(3).first { entries[$0] == nil }
    let index = free ?? entries.count
    if index == entries.count { entries.append(entry) } else { entries[index] = entry }
    return Int32(index)
  }

  private func link(_ descriptor: Int32) -> SimulatedLink {
    guard case .stream(let link)? = entries[Int(descriptor)] else {
      preconditionFailure("descriptor \(descriptor) is no open stream")
    }
    return link
  }

  // MARK: Time and readiness

  package func now() -> Moment { clock.now }
  package func wallTime() -> Int64 { clock.wallTime }

  package func watch(_ descriptor: Int32, edgeTriggered: Bool) {
    precondition(entries[Int(descriptor)] != nil && watched[descriptor] == nil, "\(descriptor) cannot be watched")
    watched[descriptor] = edgeTriggered
    noteEdge(descriptor)
  }

  package func unwatch(_ descriptor: Int32) {
    watched[descriptor] = nil
    changed.removeAll { $0 == descriptor }
  }

  /// Never waits. Reports some of what has changed, each change once, and what is ready by then (epoll(7)); the rest comes
  /// with the next call.
  package func wait(atMost limit: Duration?, report: (Int32, Readiness) -> Void) {
    lastLimit = limit
    whileWaiting?()
    var ready = changed
    for descriptor in entries.indices.map(Int32.init) where watched[descriptor] == false && !accepting.isEmpty {
      ready.append(descriptor)
    }
    if ready.isEmpty { return }
    ready.shuffle(using: &random)
    let taken = ready.prefix(random.number(in: 1...ready.count))
    changed.removeAll { taken.contains($0) }
    for descriptor in taken {
      let readiness = readiness(descriptor)
      if !readiness.isEmpty { report(descriptor, readiness) }
    }
  }

  private func readiness(_ descriptor: Int32) -> Readiness {
    switch entries[Int(descriptor)] {
    case .listener: accepting.isEmpty ? [] : .read
    case .stream(let link): link.hubReadiness
    case nil: []
    }
  }

  package func wake() {
    wakes += 1
  }

  // MARK: Sockets

  package func receive(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let link = link(descriptor)
    if link.isReset { return -Int(ECONNRESET) }
    let count = link.hubReceive(into: buffer)
    if count > 0 { return count }
    return link.toHub.endHasArrived ? 0 : -Int(EAGAIN)
  }

  package func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard let count = link(descriptor).hubSend(bytes) else { return -Int(EPIPE) }
    return count == 0 && !bytes.isEmpty ? -Int(EAGAIN) : count
  }

  package func send(_ descriptor: Int32, pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
    var total = 0
    for piece in pieces {
      let count = send(descriptor, piece)
      if count < 0 { return total > 0 ? total : count }
      total += count
      if count < piece.count { break }
    }
    return total
  }

  package func peek(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let link = link(descriptor)
    if link.isReset { return -Int(ECONNRESET) }
    let count = link.hubPeek(into: buffer)
    if count > 0 { return count }
    return link.toHub.endHasArrived ? 0 : -Int(EAGAIN)
  }

  package func accept(_ listener: Int32) -> (descriptor: Int32, peer: IPAddress) {
    guard !accepting.isEmpty else { return (-EAGAIN, .unspecified) }
    let link = accepting.removeFirst()
    let descriptor = place(.stream(link))
    link.accepted(by: self, as: descriptor)
    return (descriptor, link.conduct.address)
  }

  package func shutdownSending(_ descriptor: Int32) {
    link(descriptor).hubEnd()
  }

  package func unacknowledged(_ descriptor: Int32) -> Int {
    link(descriptor).toClient.underWayCount
  }

  package func close(_ descriptor: Int32) {
    if case .stream(let link)? = entries[Int(descriptor)] { link.hubClose() }
    unwatch(descriptor)
    entries[Int(descriptor)] = nil
  }
}
