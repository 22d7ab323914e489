import Glibc

/// The thread that formats log lines and writes them to a descriptor.
final class LogWriter: @unchecked Sendable {
  private let queue: LogQueue
  private let descriptor: Int32
  private let clock: @Sendable () -> Int
  /// Used on the thread alone.
  private var formatter: LogFormatter
  private var bytes: [UInt8] = []

  init(queue: LogQueue, descriptor: Int32, style: LogStyle, clock: @escaping @Sendable () -> Int) {
    self.queue = queue
    self.descriptor = descriptor
    self.clock = clock
    formatter = LogFormatter(style)
  }

  /// Starts the thread, which holds the writer until the queue is closed and drained.
  func start() -> pthread_t {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    // The thread inherits the mask: signals, SIGPIPE of a closed pipe among them, are for other threads.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = pthread_create(
      &thread, nil,
      { context in
        Unmanaged<LogWriter>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    precondition(result == 0, "the log's thread cannot be started: \(String(cString: strerror(result)))")
    return thread
  }

  private func run() {
    while true {
      let batch = queue.take()
      if batch.dropped > 0 { formatter.append(dropped(batch.dropped), to: &bytes) }
      for line in batch.lines {
        formatter.append(line, to: &bytes)
        if bytes.count >= 64 << 10 { write() }
      }
      write()
      queue.finish(batch.lines.count)
      if batch.isLast { return }
    }
  }

  private func dropped(_ count: Int) -> LogLine {
    LogLine(
      time: clock(), level: .warning, message: "log lines were dropped: they came faster than they could be written",
      fields: [LogField("count", count)])
  }

  /// Writes what is formatted. Where the output is gone there is nobody left to tell.
  private func write() {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start) }
      if count >= 0 {
        start += count
      } else if errno == EAGAIN {
        // Standard error may have been made non-blocking by whoever shares the terminal.
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
      } else if errno != EINTR {
        break
      }
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
