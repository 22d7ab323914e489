package import HubIO

/// Something that takes part in a simulation besides the reactors: the network, a client, an engine.
package protocol Participant: AnyObject {
  /// Does a little of what it has to do.
  /// - Returns: whether it did anything.
  func step(_ random: inout SeededRandom) -> Bool
}

/// Several reactors on the calling thread, over simulated kernels: a seed chooses whose turn it is and which job runs next.
///
/// The same seed gives the same run, step by step. When nobody has anything to do, the clock moves to the next timer.
/// Each reactor is at home on the thread only during its own turn, so that isolation is checked as on threads of their own
/// and jobs travel between reactors as they would there.
package final class SteppedReactors {
  package let clock: SimulatedClock
  package private(set) var kernels: [SimulatedKernel] = []
  package private(set) var reactors: [Reactor] = []
  /// Reactors of processes that have ended: nothing runs there any more, but tasks that were suspended there may still
  /// hand them jobs.
  private var retired: [Reactor] = []
  package var random: SeededRandom
  package var participants: [any Participant] = []
  /// The participants' own: they may use ``random`` while they step.
  private var lots: SeededRandom

  package private(set) var steps = 0
  /// Stands for everything that happened so far: the same for the same seed.
  package private(set) var trace: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Whoever had nothing to do since anybody last did something.
  private var idle: [Bool] = []

  /// How many of them belong to one process, and count from 0 there; 0 where all do.
  private var perProcess: Int

  package init(count: Int, perProcess: Int = 0, seed: UInt64, clock: SimulatedClock = SimulatedClock()) {
    self.clock = clock
    self.perProcess = perProcess
    random = SeededRandom(seed: seed)
    lots = SeededRandom(seed: 0)
    begin(count)
    lots = SeededRandom(seed: random.next())
  }

  /// The process, the only one, has ended, in good order or not, and another begins with reactors of its own: the time and the
  /// participants stay.
  package func restart(count: Int) {
    retired += reactors
    perProcess = 0
    begin(count)
  }

  private func begin(_ count: Int) {
    kernels = (0..<count).map { _ in SimulatedKernel(clock: clock, seed: random.next()) }
    reactors = kernels.enumerated().map { reactor($0.offset, $0.element) }
    idle = []
  }

  private func reactor(_ index: Int, _ kernel: SimulatedKernel) -> Reactor {
    let reactor = Reactor(index: perProcess == 0 ? index : index % perProcess, kernel: kernel)
    reactor.pickJob = { [unowned self] count in self.random.number(in: 0..<count) }
    return reactor
  }

  /// The same for one process of several: its reactors are replaced.
  package func restart(_ indices: Range<Int>) {
    retired += reactors[indices]
    for index in indices {
      kernels[index] = SimulatedKernel(clock: clock, seed: random.next())
      reactors[index] = reactor(index, kernels[index])
    }
    idle = []
  }

  /// Runs `body` as the reactor's own thread would.
  package func on<Result>(_ index: Int, _ body: (Reactor) throws -> Result) rethrows -> Result {
    let reactor = reactors[index]
    reactor.adoptThread()
    defer { reactor.leaveThread() }
    return try body(reactor)
  }

  /// Steps until `isDone`, or `limit` steps are made, or nothing can happen any more.
  /// - Returns: whether `isDone`.
  package func run(limit: Int, until isDone: () -> Bool) -> Bool {
    let end = steps + limit
    while steps < end {
      if isDone() { return true }
      if !step() { return isDone() }
    }
    return isDone()
  }

  /// Steps for so long on the simulation's clock.
  package func run(for duration: Duration, limit: Int) -> Bool {
    let end = clock.now + duration
    return run(limit: limit) { clock.now >= end }
  }

  /// One turn of a reactor, one step of a participant, or, where nobody has anything to do, a leap of the clock.
  /// - Returns: whether anything can still happen.
  package func step() -> Bool {
    steps += 1
    let count = reactors.count + participants.count
    if idle.count != count { idle = Array(repeating: false, count: count) }
    let eager = idle.indices.filter { !idle[$0] }
    guard !eager.isEmpty else { return leap() }
    let index = eager[random.number(in: 0..<eager.count)]
    let worked = index < reactors.count ? turn(index) : participants[index - reactors.count].step(&lots)
    mix(UInt64(index) << 1 | (worked ? 1 : 0))
    if worked {
      for index in idle.indices { idle[index] = false }
    } else if index < idle.count {
      idle[index] = true
    }
    return true
  }

  private func turn(_ index: Int) -> Bool {
    let worked = on(index) { $0.turn(sleeping: false) }
    mix(reactors[index].statistics.bytesSent)
    return worked
  }

  /// Moves the clock to the next timer of any reactor.
  private func leap() -> Bool {
    var limit: Duration?
    for index in reactors.indices {
      if on(index, { $0.turn(sleeping: true) }) {
        idle = []
        return true
      }
      if let own = kernels[index].lastLimit { limit = min(limit ?? own, own) }
    }
    guard let limit else { return false }
    clock.advance(by: max(limit, .milliseconds(1)))
    mix(UInt64(bitPattern: clock.now.nanoseconds))
    idle = []
    return true
  }

  private func mix(_ value: UInt64) {
    trace = (trace ^ value) &* 0x100_0000_01b3
  }
}
