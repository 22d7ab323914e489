import HubIO
import HubRooms

/// Bounds how many calls are under way at once, and how many wait for their turn: first come, first served. Touched on its
/// reactor's thread only.
final class CallGate: @unchecked Sendable {
  private final class Waiter {
    let pause: Pause
    var isAdmitted = false
    var isGone = false

    init(reactor: Reactor) { pause = Pause(reactor: reactor) }
  }

  private let reactor: Reactor
  /// How many may be under way.
  var limit: Int
  /// How many may wait.
  var maximumWaiting: Int
  private(set) var underWay = 0
  private(set) var waiting = 0
  private var waiters = Queue<Waiter>()

  init(reactor: Reactor, limit: Int, maximumWaiting: Int) {
    self.reactor = reactor
    self.limit = limit
    self.maximumWaiting = maximumWaiting
  }

  /// Returns when it is the caller's turn, who calls ``leave()`` in the end.
  ///
  /// - Returns: false where too many wait already, or it has taken until `end`.
  func enter(until end: Moment) async -> Bool {
    if underWay < limit {
      underWay += 1
      return true
    }
    guard waiting < maximumWaiting else { return false }
    let waiter = Waiter(reactor: reactor)
    waiters.append(waiter)
    waiting += 1
    await waiter.pause.wait(for: max(.zero, end - reactor.kernel.now()))
    waiting -= 1
    if waiter.isAdmitted { return true }
    waiter.isGone = true
    if waiters.count > 2 * maximumWaiting { waiters.removeAll { $0.isGone } }
    return false
  }

  func leave() {
    underWay -= 1
    while underWay < limit, let waiter = waiters.first {
      waiters.removeFirst()
      if waiter.isGone { continue }
      waiter.isAdmitted = true
      underWay += 1
      waiter.pause.end()
    }
  }
}
