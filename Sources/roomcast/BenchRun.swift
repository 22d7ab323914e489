import Glibc
import HubClient
import HubIO
import HubLoad
import HubWire
import Synchronization

/// Runs the cases of a benchmark, one after the other, on a thread of its own.
struct BenchRun: Sendable {
  let order: BenchOrder

  /// What came of it.
  struct Outcome: Sendable {
    /// Those that were measured, at least once.
    var results: [BenchResult] = []
    var wasInterrupted = false
    /// Why not all were.
    var trouble: BenchTrouble?
  }

  private final class Flag: Sendable {
    let isUp = Atomic<Bool>(false)
  }

  /// Until all is done, or a signal comes.
  func run() async -> Outcome {
    let end = Flag()
    let asking = Task { await askFirst() }
    await ClientReactor.perform { reactor in
      reactor.add(
        Signals(reactor: reactor) { _ in
          end.isUp.store(true, ordering: .relaxed)
          asking.cancel()
        })
    }
    let trouble = await asking.value
    if let trouble, !end.isUp.load(ordering: .relaxed) { return Outcome(trouble: trouble) }
    return await BlockingThread.run { measure { end.isUp.load(ordering: .relaxed) } }
  }

  /// Whether the hub is there and would let a subscriber in, before a thousand of them wait for it.
  private func askFirst() async -> BenchTrouble? {
    guard order.plan.hasSubscribers else { return nil }
    let room = PercentEncoding.encode(order.rooms + "ask")
    do throws(ClientError) {
      _ = try await order.reader.get("/v1/rooms/\(room)/events?after=earliest&limit=1")
      return nil
    } catch {
      guard case .refused(let refusal) = error else {
        return BenchTrouble(code: PublishCommand.exitCode(error), text: "\(error)")
      }
      return BenchTrouble(refusal, "the hub refuses to be read", rooms: order.rooms)
    }
  }

  private func measure(until isOver: () -> Bool) -> Outcome {
    var outcome = Outcome()
    let terminal = Terminal.error
    let isShown = terminal.isThere
    var progress = BenchProgress(total: order.plan.cases.count * order.plan.runs)
    defer { if isShown { terminal.write("\r\u{1B}[K") } }
    for benchCase in order.plan.cases {
      var result = BenchResult(benchCase, knowsServer: order.knowsServer)
      for _ in 0..<order.plan.runs where outcome.trouble == nil && !isOver() {
        let run = measure(benchCase) { step in
          if isShown {
            terminal.write("\r\u{1B}[K\(progress.line(benchCase.name, step, width: terminal.size.columns))")
          }
          return isOver() ? .end : .goOn
        }
        if let figures = run.figures { result.add(figures) }
        outcome.trouble = run.trouble
        progress.finishRun()
      }
      if !result.runs.isEmpty { outcome.results.append(result) }
    }
    outcome.wasInterrupted = isOver()
    return outcome
  }

  /// One run. What it measured, unless it ended before; and why no other should follow.
  private func measure(
    _ benchCase: BenchCase, watch: (LoadProgress) -> LoadProgress.Wish
  ) -> (figures: LoadFigures?, trouble: BenchTrouble?) {
    do throws(LoadError) {
      var generator = try Generator(
        benchCase.options(order.base, order.plan.size, rooms: PercentEncoding.encode(order.rooms)))
      do throws(LoadError) {
        try generator.run(watch: watch)
      } catch {
        return (nil, trouble(benchCase, generator, error))
      }
      if let refused = generator.refused { return (nil, trouble(benchCase, refused)) }
      return (generator.hasMeasured ? LoadFigures(generator) : nil, lost(benchCase, generator))
    } catch {
      return (nil, BenchTrouble(code: EX_UNAVAILABLE, text: error.description))
    }
  }

  /// Why the generator gave up.
  private func trouble(_ benchCase: BenchCase, _ generator: borrowing Generator, _ error: LoadError) -> BenchTrouble {
    if let refused = generator.refused { return trouble(benchCase, refused) }
    let reasons = [error.description] + generator.remarks
    return BenchTrouble(code: EX_UNAVAILABLE, text: "\(benchCase.name): \(reasons.joined(separator: "; "))")
  }

  private func trouble(_ benchCase: BenchCase, _ refused: RefusedAnswer) -> BenchTrouble {
    let refusal = Refusal(status: refused.status, body: refused.body)
    let what = refused.request == .publish ? "a publish" : "a subscriber"
    guard refused.status > 0 || refused.request == .subscription else {
      return BenchTrouble(code: EX_PROTOCOL, text: "\(benchCase.name): what answers \(what) is no hub")
    }
    return BenchTrouble(refusal, "\(benchCase.name): the hub refuses \(what)", rooms: order.rooms)
  }

  /// A hub that ends connections goes on doing so: the faults of one case tell it.
  private func lost(_ benchCase: BenchCase, _ generator: borrowing Generator) -> BenchTrouble? {
    let count = generator.findings.disconnects
    guard count > 0 else { return nil }
    let reasons = ["the hub ended \(count) connection\(count == 1 ? "" : "s")"] + generator.remarks
    return BenchTrouble(code: EXIT_FAILURE, text: "\(benchCase.name): \(reasons.joined(separator: "; "))")
  }
}
