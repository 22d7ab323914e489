import Glibc

/// What waits between those who log and the thread that writes: bounded in lines and bytes, under one mutex.
///
/// Those who log hold the mutex for an append only. When the queue is full a line is dropped and counted, never waited
/// for: a stuck terminal must not stop the hub. The writer takes all that waits at once.
final class LogQueue: @unchecked Sendable {
  /// What the writer takes at once.
  struct Batch {
    var lines: [LogLine]
    /// Lines that were dropped since the batch before.
    var dropped: Int
    /// Whether nothing will follow.
    var isLast: Bool
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Signalled when the first line comes into an empty queue, and when it is closed.
  private let isFilled: UnsafeMutablePointer<pthread_cond_t>
  /// Signalled when a batch has been written.
  private let isWritten: UnsafeMutablePointer<pthread_cond_t>
  private let maximumLines: Int
  private let maximumBytes: Int

  // All under the mutex:
  private var lines: [LogLine] = []
  private var bytes = 0
  private var isClosed = false
  /// Lines ever taken in, and how many of them have been written: what `flush` compares.
  private var entered = 0
  private var written = 0
  private var droppedSinceBatch = 0
  private var droppedEver = 0

  init(maximumLines: Int, maximumBytes: Int) {
    self.maximumLines = maximumLines
    self.maximumBytes = maximumBytes
    mutex = .allocate(capacity: 1)
    isFilled = .allocate(capacity: 1)
    isWritten = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    isFilled.initialize(to: pthread_cond_t())
    isWritten.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(isFilled, nil)
    pthread_cond_init(isWritten, nil)
  }

  deinit {
    pthread_cond_destroy(isWritten)
    pthread_cond_destroy(isFilled)
    pthread_mutex_destroy(mutex)
    isWritten.deallocate()
    isFilled.deallocate()
    mutex.deallocate()
  }

  /// Takes a line in, or drops and counts it where the queue is full or closed.
  func append(_ line: LogLine) {
    let cost = line.cost
    locked {
      guard !isClosed, lines.count < maximumLines, bytes + cost <= maximumBytes else {
        droppedSinceBatch += 1
        droppedEver += 1
        return
      }
      lines.append(line)
      bytes += cost
      entered += 1
      if lines.count == 1 { pthread_cond_signal(isFilled) }
    }
  }

  /// Waits for lines, or for the end. For the writer alone.
  func take() -> Batch {
    locked {
      while lines.isEmpty && !isClosed { pthread_cond_wait(isFilled, mutex) }
      let batch = Batch(lines: lines, dropped: droppedSinceBatch, isLast: isClosed)
      lines = []
      lines.reserveCapacity(min(batch.lines.count, 1_024))
      bytes = 0
      droppedSinceBatch = 0
      return batch
    }
  }

  /// Says that a batch of so many lines has been written. For the writer alone.
  func finish(_ count: Int) {
    locked {
      written += count
      pthread_cond_broadcast(isWritten)
    }
  }

  /// Waits until every line that had been taken in before the call has been written.
  func flush() {
    locked {
      let target = entered
      while written < target { pthread_cond_wait(isWritten, mutex) }
    }
  }

  /// Takes nothing in from now on; the writer writes what is there and ends.
  func close() {
    locked {
      isClosed = true
      pthread_cond_signal(isFilled)
    }
  }

  var dropped: Int { locked { droppedEver } }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
