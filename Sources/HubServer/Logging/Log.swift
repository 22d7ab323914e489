import Glibc
import Synchronization

/// The hub's log: structured lines, formatted and written by a thread of their own.
///
/// Logging costs the caller a level check and, when the level is on, a clock reading and an append under a lock. Lines
/// that come faster than they can be written are dropped and the loss is told in the log itself.
public final class Log: Sendable {
  private let queue: LogQueue
  private let thread: pthread_t
  private let threshold: Atomic<Int>
  private let clock: @Sendable () -> Int

  /// A log that writes to a descriptor, which must outlive it; 2 is standard error.
  public convenience init(level: LogLevel = .info, style: LogStyle, descriptor: Int32 = 2) {
    self.init(level: level, style: style, descriptor: descriptor, maximumLines: 8_192)
  }

  /// - Parameters:
  ///   - maximumLines: lines that may wait; a full queue drops.
  ///   - maximumBytes: bytes that waiting lines may hold, roughly.
  ///   - clock: nanoseconds since 1970.
  package init(
    level: LogLevel, style: LogStyle, descriptor: Int32, maximumLines: Int, maximumBytes: Int = 8 << 20,
    clock: @escaping @Sendable () -> Int = Log.now
  ) {
    queue = LogQueue(maximumLines: maximumLines, maximumBytes: maximumBytes)
    threshold = Atomic(level.rawValue)
    self.clock = clock
    thread = LogWriter(queue: queue, descriptor: descriptor, style: style, clock: clock).start()
  }

  /// Writes what waits, and ends the thread.
  deinit {
    queue.close()
    pthread_join(thread, nil)
  }

  /// The least serious level that is written; it may change at any time.
  public var level: LogLevel {
    get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
    set { threshold.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// Whether lines of a level are written at all.
  public func isEnabled(_ level: LogLevel) -> Bool {
    level.rawValue >= threshold.load(ordering: .relaxed)
  }

  /// Logs a line; message and fields are not even made where the level is off.
  public func log(
    _ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField] = []
  ) {
    guard isEnabled(level) else { return }
    queue.append(LogLine(time: clock(), level: level, message: message(), fields: fields()))
  }

  /// What helps to find a fault.
  public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField] = []) {
    log(.debug, message(), fields())
  }

  /// What an operator wants to know.
  public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField] = []) {
    log(.info, message(), fields())
  }

  /// What an operator should look at.
  public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField] = []) {
    log(.warning, message(), fields())
  }

  /// What went wrong.
  public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [LogField] = []) {
    log(.error, message(), fields())
  }

  /// Waits until all that was logged before the call has been written.
  public func flush() {
    queue.flush()
  }

  /// How many lines have been dropped since the start.
  public var dropped: Int { queue.dropped }

  /// Nanoseconds since 1970.
  package static let now: @Sendable () -> Int = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
