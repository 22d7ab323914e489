import HubWire

/// The lines of a stream that the hub has not answered yet, in order, and what became of the others. A pure value.
///
/// Each line counts once, when the hub has said something final of it, on whichever connection that is.
struct LineLedger {
  private(set) var report = StreamReport()
  /// Lines about which the hub has said something final.
  private(set) var settled = 0

  private let maximumLines: Int
  private let maximumBytes: Int
  /// What the keys of this stream begin with.
  private let keyPrefix: String
  /// Lines given so far, blank ones included.
  private var count = 0
  private var lines: [StreamLine] = []
  /// The oldest line that is not answered, and the next one to be sent on this connection.
  private var oldest = 0
  private var next = 0
  private var byteCount = 0
  /// What this connection has said of the oldest line.
  private var results: [ResultLine] = []

  init(maximumLines: Int, maximumBytes: Int, keyPrefix: String = RandomKey.random()) {
    self.maximumLines = maximumLines
    self.maximumBytes = maximumBytes
    self.keyPrefix = keyPrefix
  }

  var isEmpty: Bool { oldest == lines.count }
  /// Nothing should be added before something is answered.
  var isFull: Bool { !isEmpty && (lines.count - oldest >= maximumLines || byteCount >= maximumBytes) }
  /// Whether a line was sent on this connection and is not answered.
  var isAnswerDue: Bool { oldest < next }

  var progress: StreamProgress {
    StreamProgress(accepted: report.accepted, failed: report.failed, retries: report.retries)
  }

  mutating func add(_ envelope: [UInt8]) {
    count += 1
    guard let line = StreamLine(envelope, number: count, key: "\(keyPrefix)-\(count)") else { return }
    lines.append(line)
    byteCount += line.bytes.count
  }

  /// The next line that this connection has not got.
  mutating func takeNext() -> [UInt8]? {
    guard next < lines.count else { return nil }
    defer { next += 1 }
    return lines[next].bytes
  }

  /// A new connection gets every line that is not answered, whatever the last one has said of a part of it.
  mutating func beginAgain() {
    if isAnswerDue { report.retries += 1 }
    next = oldest
    results = []
  }

  /// Takes a result, which is about the oldest line or about none.
  ///
  /// - Returns: the refusal after which this connection must not go on: that of a line that may be taken later, which must
  ///   come before those behind it, or one of the whole stream.
  /// - Throws: where it is not what a hub says.
  mutating func take(_ result: ResultLine) throws(HubError) -> Refusal? {
    if case .refusedStream(let refusal) = result { return refusal }
    guard isAnswerDue else { throw HubError(.invalidRequest, "there are more results than events were sent") }
    results.append(result)
    guard lines[oldest].isAnswered(by: results) else { return nil }
    for case .refused(let refusal) in results where refusal.invitesRetry { return refusal }
    settleOldest()
    return nil
  }

  private mutating func settleOldest() {
    let line = lines[oldest]
    for result in results {
      switch result {
      case .accepted(let receipt): report.note(receipt)
      case .refused(let refusal), .refusedLine(let refusal): report.note(refusal, line: line.number)
      case .refusedStream, .report: break
      }
    }
    results = []
    settled += 1
    byteCount -= line.bytes.count
    oldest += 1
    // Moving the rest down costs as much as what was settled since the last time.
    guard oldest == lines.count || oldest * 2 > lines.count, oldest > 32 || oldest == lines.count else { return }
    lines.removeFirst(oldest)
    next -= oldest
    oldest = 0
  }
}
