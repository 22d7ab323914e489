import Glibc
import HubLoad

/// `Load table`: many runs of several servers as one Markdown table.
///
/// A run says in its label which `CASE/SERVER/RUN` it is; SERVER is `hub`, `yardstick` or, for what the disk can do, `fsync`. Runs of the same case and number were measured
/// one right after the other, so what else the machine did weighs on both: their ratio says more than either figure.
struct Table {
  private let cases: [Case]

  static func main(_ arguments: ArraySlice<String>) {
    var files: [String] = []
    var output: String?
    var rest = arguments
    while let argument = rest.popFirst() {
      if argument == "--json" {
        output = rest.popFirst()
      } else {
        files.append(argument)
      }
    }
    if files.isEmpty { LoadOptions.misused("table: which files?") }
    let runs = files.flatMap { ServerUsage.text(of: $0).split(whereSeparator: \.isNewline).compactMap { JSONLine($0) } }
    let table = Table(runs)
    print(table.markdown)
    if let output { write(table.json + "\n", to: output) }
  }

  init(_ runs: [JSONLine]) {
    var cases: [Case] = []
    for run in runs {
      let parts = (run.text("label") ?? "").split(separator: "/").map(String.init)
      guard parts.count == 3 else { continue }
      if !cases.contains(where: { $0.name == parts[0] }) { cases.append(Case(name: parts[0])) }
      let index = cases.firstIndex { $0.name == parts[0] }!
      cases[index].add(run, server: parts[1], number: parts[2])
    }
    self.cases = cases
  }

  private var markdown: String {
    var lines = [
      "| case | hub (k/CPU-s) | yardstick (k/CPU-s) | ratio, median (min–max) | runs | saturated |",
      "|---|--:|--:|--:|--:|---|",
    ]
    lines += cases.map { $0.row }
    lines += ["", "Saturated: who used 90 % of a core or more, in the hub's runs; in the yardstick's."]
    let idle = cases.filter { $0.mode == "connect" }
    if !idle.isEmpty {
      lines += ["", "| idle connections | hub, bytes each | yardstick, bytes each |", "|---|--:|--:|"]
      lines += idle.map { $0.memoryRow }
    }
    let timed = cases.filter { $0.mode == "latency" }
    if !timed.isEmpty {
      lines += ["", "| delivery, us: p50 / p99 / p99.9 | hub | yardstick |", "|---|--:|--:|"]
      lines += timed.map { $0.latencyRow }
    }
    let durable = cases.filter { $0.isDurable }
    if !durable.isEmpty {
      lines += [
        "",
        "| acknowledged publishes a second | on disk | in memory | fdatasync/s | fsync/s | 25 × fsync/s | of what is wanted |",
        "|---|--:|--:|--:|--:|--:|--:|",
      ]
      lines += durable.map { $0.durableRow }
      lines += ["", "Wanted on disk: 20,000 a second or 25 × fsync/s, whichever is less."]
    }
    let replays = cases.filter { $0.mode == "replay" }
    if !replays.isEmpty {
      lines += ["", "| deliveries a second | replay | live, rooms-100 | ratio, wanted 0.50 |", "|---|--:|--:|--:|"]
      lines += replays.map { $0.replayRow }
    }
    let faulty = cases.filter { $0.faults > 0 }
    if !faulty.isEmpty {
      let texts = faulty.map { $0.faultText }.joined(separator: ", ")
      lines += ["", "Faults (lost, doubled, reordered or refused): \(texts)"]
    }
    return lines.joined(separator: "\n")
  }

  private var json: String { "{\"cases\":[\n" + cases.map { $0.json.text }.joined(separator: ",\n") + "\n]}" }

  private static func write(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if file < 0 { fail("\(path): \(LoadError.last)") }
    var text = text
    let written = text.withUTF8 { Glibc.write(file, $0.baseAddress, $0.count) }
    if written != text.utf8.count || close(file) != 0 { fail("\(path): \(LoadError.last)") }
  }
}
