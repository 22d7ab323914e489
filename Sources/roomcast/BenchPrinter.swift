import Glibc
import HubLoad
import HubServer
import HubWire

/// Tells what a benchmark showed.
struct BenchPrinter {
  let order: BenchOrder
  let plot: PlotFile?

  /// - Returns: the exit code.
  func tell(_ outcome: BenchRun.Outcome) -> Int32 {
    if outcome.wasInterrupted { BenchCommand.say("ended early: this is what was measured until then") }
    var code = EX_OK
    if !StandardOutput.write(order.isJSON ? json(outcome) : Array(table(outcome.results).utf8)) { code = EX_IOERR }
    if let plot, !outcome.results.isEmpty {
      do throws(PlotFileError) {
        try plot.write(drawing(outcome.results))
      } catch {
        BenchCommand.say(error.description)
        code = EX_IOERR
      }
    }
    for result in outcome.results where result.faults > 0 {
      BenchCommand.say("\(result.name): \(result.faultText)")
      code = EXIT_FAILURE
    }
    if let trouble = outcome.trouble {
      BenchCommand.say(trouble.text)
      // Faults tell more than why nothing more was measured.
      return code == EXIT_FAILURE ? code : trouble.code
    }
    return code
  }

  private func table(_ results: [BenchResult]) -> String {
    guard !results.isEmpty else { return "" }
    let table = BenchTable(results)
    return Terminal.output.isThere ? table.aligned : table.markdown
  }

  private func json(_ outcome: BenchRun.Outcome) -> [UInt8] {
    let text = JSONWriter.object(capacity: 4096) { json in
      json.member("url", "\(order.url)")
      json.member("rooms", order.rooms)
      json.member("version", Hub.version)
      json.member("interrupted", outcome.wasInterrupted)
      if let trouble = outcome.trouble { json.member("trouble", trouble.text) }
      json.key("cases")
      json.beginArray()
      for result in outcome.results { json.raw(Array(result.json.text.utf8)) }
      json.endArray()
    }
    return text + [UInt8(ascii: "\n")]
  }

  private func drawing(_ results: [BenchResult]) -> String {
    let curves = results.compactMap { result in
      result.latency.map { PercentilePlot.Curve(name: "\(result.name)", latency: $0) }
    }
    return PercentilePlot(title: "Latency percentiles", curves: curves).svg
  }
}
