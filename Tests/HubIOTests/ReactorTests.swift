import HubIO
import HubTesting
import Testing

/// Counts on one reactor, and passes the turn to the other.
private actor Player {
  nonisolated let reactor: Reactor
  nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  private(set) var hits = 0
  private(set) var strayed = 0

  init(_ reactor: Reactor) { self.reactor = reactor }

  func hit() {
    hits += 1
    if !reactor.isOnThread { strayed += 1 }
  }
}

@Suite struct ReactorTests {
  @Test(.timeLimit(.minutes(10))) func `jobs handed from thread to thread are never forgotten by one that sleeps`()
    async
  {
    let reactors = (0..<2).map { Reactor(index: $0, kernel: LinuxKernel()) }
    for reactor in reactors { reactor.start { _ in } }
    let players = reactors.map { Player($0) }
    for _ in 0..<4000 {
      for player in players { await player.hit() }
    }
    for player in players {
      #expect(await player.hits == 4000)
      #expect(await player.strayed == 0)
    }
    for reactor in reactors { reactor.stop() }
  }

  @Test(.timeLimit(.minutes(10))) func `a task with the reactor's preference resumes on its thread after each wait`()
    async
  {
    let reactor = Reactor(index: 0, kernel: LinuxKernel())
    reactor.start { _ in }
    let strayed = await Task(executorPreference: reactor) {
      var strayed = 0
      for _ in 0..<20 {
        await reactor.sleep(for: .milliseconds(1))
        if !reactor.isOnThread { strayed += 1 }
      }
      return strayed
    }.value
    #expect(strayed == 0)
    reactor.stop()
  }

  @Test func `a job handed over before the sleep keeps it from sleeping, one handed over in it wakes it once`() async {
    let seen = await BlockingThread.run { () -> [String] in
      let stepped = SteppedReactors(count: 1, seed: 1)
      let (reactor, kernel) = (stepped.reactors[0], stepped.kernels[0])
      func handOver() { Task(executorPreference: reactor) {} }
      var seen: [String] = []
      handOver()
      stepped.on(0) { _ = $0.turn(sleeping: true) }
      seen.append("limit \(kernel.lastLimit.map { "\($0)" } ?? "none"), wakes \(kernel.wakes)")
      kernel.whileWaiting = {
        reactor.leaveThread()
        handOver()
        handOver()
        reactor.adoptThread()
      }
      stepped.on(0) { _ = $0.turn(sleeping: true) }
      seen.append("limit \(kernel.lastLimit.map { "\($0)" } ?? "none"), wakes \(kernel.wakes)")
      return seen
    }
    #expect(seen == ["limit 0.0 seconds, wakes 0", "limit none, wakes 1"])
  }

  @Test func `sleepers wake in the order of their times and not before them`() async {
    for seed in Seeds.run(20) {
      let problems = await BlockingThread.run { Self.sleepers(seed) }
      #expect(problems.isEmpty, "ROOMCAST_SEED=\(seed): \(problems)")
    }
  }

  private final class Wakes: @unchecked Sendable {
    var all: [(asked: Duration, at: Moment)] = []
  }

  private static func sleepers(_ seed: UInt64) -> [String] {
    let stepped = SteppedReactors(count: 1, seed: seed)
    let wakes = Wakes()
    let start = stepped.clock.now
    var random = SeededRandom(seed: seed)
    let times = (0..<30).map { _ in Duration.milliseconds(random.number(in: 1...3000)) }
    stepped.on(0) { reactor in
      for time in times {
        Task.immediate(executorPreference: reactor) {
          await reactor.sleep(for: time)
          wakes.all.append((time, reactor.now))
        }
      }
    }
    _ = stepped.run(limit: 100_000) { wakes.all.count == times.count }
    var problems: [String] = []
    if wakes.all.count != times.count { problems.append("\(wakes.all.count) of \(times.count) woke") }
    for wake in wakes.all where wake.at < start + wake.asked { problems.append("\(wake.asked) woke at \(wake.at)") }
    for wake in wakes.all where wake.at > start + wake.asked + .milliseconds(20) {
      problems.append("\(wake.asked) woke as late as \(wake.at)")
    }
    return problems
  }
}
