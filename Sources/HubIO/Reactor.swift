private import CLinux
private import Glibc
private import Synchronization

/// One thread, one ``Kernel``, one run queue, one timer wheel, one receive buffer: the executor of everything on it.
///
/// A turn takes ready descriptors, runs jobs until none is left (or the bound is reached), then flushes every channel
/// written to in this turn, one send each, and sleeps. Bursts coalesce by themselves: whatever is pushed during a turn
/// leaves together.
///
/// Everything here except ``enqueue(_:)``, ``start(prepare:)`` and ``stop()`` belongs to the reactor's thread; actors
/// reach it through ``serial``, their executor. Tests drive ``turn(sleeping:)`` themselves, with a kernel in memory and
/// ``pickJob`` to choose the order.
@safe package final class Reactor: @unchecked Sendable {
  package let index: Int
  package let kernel: any Kernel
  /// The serial executor of the actors that live here.
  package let serial: ReactorSerialExecutor
  /// Filled by ``Channel/receive()``; consumed before anything can suspend.
  package let receiveBuffer: UnsafeMutableRawBufferPointer
  /// Where a TLS record is joined from small pieces, within one call.
  let recordBuffer: UnsafeMutableRawBufferPointer

  /// The time at which this turn began; good enough for everything but measuring a turn.
  package private(set) var now: Moment
  /// Counted by the reactor itself; read on its thread.
  package var statistics = ReactorStatistics()
  /// Chooses which waiting job runs next, given how many wait. Nil (the rule outside tests): first in, first out.
  package var pickJob: ((Int) -> Int)?
  /// Told around the flush of a turn that asked for it with ``callAroundFlush()``: where a burst is joined.
  package weak var flushTarget: (any FlushTarget)?
  private var flushTargetIsDue = false

  /// The `pthread_t` of the reactor's thread; 0 while it has none. Other threads compare themselves with it.
  private let thread = Atomic<UInt>(0)
  private var handles: ContiguousArray<Handle?> = []
  private var wheel: TimerWheel<TimerAction>
  private var due: ContiguousArray<TimerAction> = []

  // Jobs of this thread, and jobs handed over by others.
  private var waiting: ContiguousArray<UnownedJob> = []
  private var running: ContiguousArray<UnownedJob> = []
  private let handedOver = Lock<ContiguousArray<UnownedJob>>([])
  private var handedOverSpare: ContiguousArray<UnownedJob> = []
  private let hasHandedOver = Atomic<Bool>(false)
  private let isAsleep = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)

  // Channels to flush at the end of the turn, and handles to close after that.
  private var written: ContiguousArray<Unmanaged<Channel>> = unsafe []
  private var flushing: ContiguousArray<Unmanaged<Channel>> = unsafe []
  private var graveyard: ContiguousArray<Handle> = []

  /// How many rounds of jobs one turn runs before it looks at the sockets again. Reaching it is counted.
  private static let roundsPerTurn = 64
  /// How many rounds pass between two looks at the clock.
  private static let roundsPerLook = 8
  private static let receiveBufferSize = 65_536
  /// The most that one TLS record holds (RFC 8446 section 5.1).
  private static let recordSize = 16_384

  package init(index: Int, kernel: any Kernel) {
    self.index = index
    self.kernel = kernel
    serial = ReactorSerialExecutor()
    unsafe receiveBuffer = .allocate(byteCount: Self.receiveBufferSize, alignment: 64)
    unsafe recordBuffer = .allocate(byteCount: Self.recordSize, alignment: 64)
    now = kernel.now()
    wheel = TimerWheel(now: now)
    unsafe serial.reactor = self
  }

  deinit {
    unsafe receiveBuffer.deallocate()
    unsafe recordBuffer.deallocate()
  }

  // MARK: Life

  /// Starts the reactor's thread, which calls `prepare` and then runs turns until ``stop()``.
  package func start(prepare: @escaping @Sendable (Reactor) -> Void) {
    let handle = unsafe Unmanaged.passRetained(Beginning(reactor: self, prepare: prepare))
    var created = pthread_t()
    let result = unsafe pthread_create(
      &created, nil,
      { argument in
        let beginning = unsafe Unmanaged<Beginning>.fromOpaque(argument!).takeRetainedValue()
        let reactor = beginning.reactor
        unsafe linux_name_thread("reactor-\(reactor.index)")
        reactor.adoptThread()
        beginning.prepare(reactor)
        while !reactor.isStopping.load(ordering: .relaxed) { reactor.turn(sleeping: true) }
        return nil
      }, handle.toOpaque())
    precondition(result == 0, "the system starts no thread (error \(result))")
    pthread_detach(created)
  }

  /// Ends the thread after its current turn.
  package func stop() {
    isStopping.store(true, ordering: .relaxed)
    kernel.wake()
  }

  /// Makes the calling thread the reactor's own.
  package func adoptThread() {
    thread.store(pthread_self(), ordering: .relaxed)
  }

  /// Gives the thread back, so that another reactor can adopt it: tests step several on one.
  package func leaveThread() {
    thread.store(0, ordering: .relaxed)
  }

  package var isOnThread: Bool { thread.load(ordering: .relaxed) == pthread_self() }

  // MARK: Turns

  /// Takes readiness and timers, runs jobs, flushes. Sleeps first, where nothing waits and `sleeping` says so.
  /// - Returns: whether the turn did anything.
  @discardableResult
  package func turn(sleeping: Bool) -> Bool {
    var worked = takeReadiness(sleeping: sleeping && isIdle)
    now = kernel.now()
    let beginning = now
    worked = fireTimers() || worked
    worked = runJobs() || worked
    let target = flushTargetIsDue ? flushTarget : nil
    flushTargetIsDue = false
    target?.willFlush()
    flushWritten()
    target?.didFlush()
    closeBuried()
    if worked { statistics.turns.observe(kernel.now() - beginning) }
    return worked
  }

  private var isIdle: Bool { unsafe waiting.isEmpty && written.isEmpty }

  private func takeReadiness(sleeping: Bool) -> Bool {
    var limit: Duration? = .zero
    if sleeping {
      isAsleep.store(true, ordering: .sequentiallyConsistent)
      if hasHandedOver.load(ordering: .sequentiallyConsistent) {
        isAsleep.store(false, ordering: .relaxed)
      } else {
        limit = wheel.sleepLimit(now: kernel.now())
      }
    }
    var worked = false
    kernel.wait(atMost: limit) { descriptor, readiness in
      worked = true
      guard handles.indices.contains(Int(descriptor)), let handle = handles[Int(descriptor)] else { return }
      handle.becameReady(readiness)
    }
    isAsleep.store(false, ordering: .relaxed)
    return worked
  }

  private func fireTimers() -> Bool {
    wheel.advance(to: now, into: &due)
    if due.isEmpty { return false }
    var fired: ContiguousArray<TimerAction> = []
    swap(&fired, &due)
    for action in fired { action.fire() }
    return true
  }

  private func runJobs() -> Bool {
    let serialExecutor = unsafe serial.asUnownedSerialExecutor()
    let taskExecutor = unsafe asUnownedTaskExecutor()
    var rounds = 0
    while true {
      takeHandedOver()
      if waiting.isEmpty { break }
      if rounds == Self.roundsPerTurn {
        statistics.boundedTurns += 1
        break
      }
      rounds += 1
      // In a long turn the clock goes on: a time that begins now must not begin at the turn's start.
      if rounds % Self.roundsPerLook == 0 { now = kernel.now() }
      if let pickJob {
        let job = waiting.remove(at: pickJob(waiting.count))
        unsafe job.runSynchronously(isolatedTo: serialExecutor, taskExecutor: taskExecutor)
        continue
      }
      swap(&waiting, &running)
      for index in running.indices {
        unsafe running[index].runSynchronously(isolatedTo: serialExecutor, taskExecutor: taskExecutor)
      }
      statistics.jobs += UInt64(running.count)
      running.removeAll(keepingCapacity: true)
    }
    return rounds > 0
  }

  private func flushWritten() {
    guard unsafe !written.isEmpty else { return }
    unsafe swap(&written, &flushing)
    for index in unsafe flushing.indices { unsafe flushing[index]._withUnsafeGuaranteedRef { $0.flush() } }
    unsafe flushing.removeAll(keepingCapacity: true)
  }

  /// Last in the turn: nothing above may hold a closed channel, and no descriptor is reused within the turn.
  private func closeBuried() {
    guard !graveyard.isEmpty else { return }
    for handle in graveyard {
      handles[Int(handle.descriptor)] = nil
      kernel.close(handle.descriptor)
    }
    graveyard.removeAll()
  }

  // MARK: Jobs

  /// Takes a job from any thread; from another one it wakes the reactor only if that sleeps.
  package func enqueue(_ job: UnownedJob) {
    if isOnThread {
      waiting.append(job)
      return
    }
    handedOver.withLock { $0.append(job) }
    hasHandedOver.store(true, ordering: .sequentiallyConsistent)
    if isAsleep.load(ordering: .sequentiallyConsistent), isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      kernel.wake()
    }
  }

  private func takeHandedOver() {
    guard hasHandedOver.load(ordering: .acquiring),
      hasHandedOver.exchange(false, ordering: .acquiringAndReleasing)
    else { return }
    handedOver.withLock { swap(&$0, &handedOverSpare) }
    waiting.append(contentsOf: handedOverSpare)
    handedOverSpare.removeAll(keepingCapacity: true)
  }

  // MARK: Handles and timers

  /// Owns `handle` and tells it of readiness until it is buried.
  package func add(_ handle: Handle, edgeTriggered: Bool = true) {
    let slot = Int(handle.descriptor)
    if slot >= handles.count { handles.append(contentsOf: repeatElement(nil, count: slot + 1 - handles.count)) }
    precondition(handles[slot] == nil, "descriptor \(slot) has an owner already")
    handles[slot] = handle
    kernel.watch(handle.descriptor, edgeTriggered: edgeTriggered)
  }

  /// Closes the handle's descriptor at the end of the turn and lets go of it.
  func bury(_ handle: Handle) {
    graveyard.append(handle)
  }

  /// Flushes `channel` at the end of the turn. It must not be closed before that.
  func flushAfterTurn(_ channel: Channel) {
    unsafe written.append(Unmanaged.passUnretained(channel))
  }

  /// Has the flush target told of this turn's flush.
  package func callAroundFlush() {
    flushTargetIsDue = true
  }

  package func schedule(after delay: Duration, _ action: TimerAction) -> TimerWheel<TimerAction>.ID {
    wheel.schedule(action, at: now + delay)
  }

  package func cancel(_ timer: TimerWheel<TimerAction>.ID) {
    wheel.cancel(timer)
  }

  /// Suspends the calling task, on this reactor's timers.
  package func sleep(for duration: Duration) async {
    unsafe await withUnsafeContinuation { continuation in
      _ = unsafe schedule(after: duration, .resume(continuation))
    }
  }
}

/// What a timer does when it is due.
@safe package enum TimerAction {
  /// Calls the target with the kind that it chose for itself.
  case call(any TimerTarget, kind: UInt8)
  case resume(UnsafeContinuation<Void, Never>)

  func fire() {
    switch self {
    case .call(let target, let kind): target.timerFired(kind)
    case .resume(let continuation): unsafe continuation.resume()
    }
  }
}

/// Somebody who has something to do right before and after everything written in a turn is sent.
package protocol FlushTarget: AnyObject {
  func willFlush()
  func didFlush()
}

/// Somebody who is told when a timer is due, on the reactor's thread.
package protocol TimerTarget: AnyObject {
  func timerFired(_ kind: UInt8)
}

/// What a reactor's thread is started with.
private final class Beginning {
  let reactor: Reactor
  let prepare: @Sendable (Reactor) -> Void

  init(reactor: Reactor, prepare: @escaping @Sendable (Reactor) -> Void) {
    self.reactor = reactor
    self.prepare = prepare
  }
}
