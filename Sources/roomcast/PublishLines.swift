import Glibc
import HubClient
import HubIO
import HubWire

/// `roomcast publish ROOM -`: one event for each line of standard input.
struct PublishLines {
  let order: PublishOrder
  /// Whether somebody looks at standard error, and is shown how far it is.
  let isTerminal: Bool

  func run() async -> Int32 {
    let refused = RefusedLines()
    let envelopes = EnvelopeLines(order: order, refused: refused)
    let progress = ProgressLine(refused: refused, isShown: isTerminal)
    do throws(ClientError) {
      let report = try await order.hub.publish(lines: envelopes) { progress.show($0) }
      progress.end()
      return tell(report, refused)
    } catch {
      progress.end()
      StandardError.write("roomcast publish: \(error)")
      if case .refused = error {
        StandardError.write("roomcast publish: \(progress.accepted) events were accepted before")
      }
      return PublishCommand.exitCode(error)
    }
  }

  private func tell(_ report: StreamReport, _ refused: RefusedLines) -> Int32 {
    let (count, problems) = refused.all
    let failed = report.failed + count
    let failures = report.errors.map { (line: $0.line, text: "\($0.refusal)") } + problems
    for failure in failures.sorted(by: { $0.line < $1.line }).prefix(RefusedLines.shown) {
      StandardError.write("roomcast publish: line \(failure.line): \(failure.text)")
    }
    if failed > failures.count { StandardError.write("roomcast publish: and \(failed - failures.count) more") }
    let line: [UInt8] =
      order.isJSON ? json(report, failed: failed) : Array(sentence(report, failed: failed).utf8)
    guard StandardOutput.write(line: line) else { return EX_IOERR }
    return failed == 0 ? EX_OK : EX_DATAERR
  }

  private func sentence(_ report: StreamReport, failed: Int) -> String {
    let last = report.last[order.room.text].map { ", the last as \($0)" } ?? ""
    let events = "\(report.accepted) event\(report.accepted == 1 ? "" : "s")"
    let retries = report.retries == 0 ? "" : " (sent again \(report.retries) time\(report.retries == 1 ? "" : "s"))"
    let queued = report.queued == 0 ? "" : "; \(report.queued) of them wait until the engine is back"
    let local = report.local == 0 ? "" : "; \(report.local) of them went to one node alone, while the engine was away"
    return "published \(events) into \(order.room)\(last)\(retries)\(queued)\(local)"
      + (failed == 0 ? "" : "; \(failed) failed")
  }

  private func json(_ report: StreamReport, failed: Int) -> [UInt8] {
    JSONWriter.object { json in
      json.member("room", order.room.text)
      json.member("accepted", report.accepted)
      json.member("failed", failed)
      json.member("retries", report.retries)
      if report.queued > 0 { json.member("queued", report.queued) }
      if report.local > 0 { json.member("local", report.local) }
      if let position = report.last[order.room.text] { json.member("position", position) }
    }
  }
}

/// Lines that are no JSON and were not sent.
final class RefusedLines: Sendable {
  /// How many are told one by one.
  static let shown = 100

  private struct State {
    var count = 0
    var problems: [(line: Int, text: String)] = []
  }
  private let state = Lock(State())

  func note(line: Int, _ error: HubError) {
    state.withLock { state in
      state.count += 1
      if state.problems.count < Self.shown { state.problems.append((line, "\(error)")) }
    }
  }

  var count: Int { state.withLock { $0.count } }
  var all: (count: Int, problems: [(line: Int, text: String)]) { state.withLock { ($0.count, $0.problems) } }
}

/// Makes envelopes of the lines of standard input. What is no JSON becomes an empty line, so that lines keep their
/// numbers.
struct EnvelopeLines: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = any Error

  let order: PublishOrder
  let refused: RefusedLines

  func makeAsyncIterator() -> Iterator {
    Iterator(order: order, refused: refused, lines: InputLines().makeAsyncIterator())
  }

  struct Iterator: AsyncIteratorProtocol {
    let order: PublishOrder
    let refused: RefusedLines
    var lines: InputLines.Iterator
    private var number = 0

    init(order: PublishOrder, refused: RefusedLines, lines: InputLines.Iterator) {
      self.order = order
      self.refused = refused
      self.lines = lines
    }

    mutating func next() async throws -> [UInt8]? {
      guard var line = try await lines.next() else { return nil }
      number += 1
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if line.isEmpty { return [] }
      do throws(HubError) {
        return order.envelope(try order.data(line))
      } catch {
        refused.note(line: number, error)
        return []
      }
    }
  }
}
