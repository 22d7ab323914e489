import Glibc
import HubClient
import HubLoad

/// `roomcast bench`: loads a hub as the benchmark table does, and checks every message.
enum BenchCommand {
  static let cases = ArgumentOption(
    name: "--cases", placeholder: "A,B,…", help: "only these: \(BenchCase.all.map(\.name).joined(separator: ", "))")
  static let runs = ArgumentOption(
    name: "--runs", placeholder: "N", help: "measure each case N times and take the medians; 3 otherwise")
  static let seconds = ArgumentOption(
    name: "--seconds", placeholder: "S", help: "how long a run measures; 4 otherwise")
  static let subscribers = ArgumentOption(
    name: "--subscribers", placeholder: "N",
    help: "of each case but post; 1000 otherwise. connect takes ten times as many, but no more than without this")
  static let quick = ArgumentOption(name: "--quick", help: "one short run of each case, to see that all is well")
  static let prefix = ArgumentOption(
    name: "--rooms-prefix", placeholder: "TEXT",
    help: "what the names of the rooms begin with, before a random part; bench- otherwise")
  static let process = ArgumentOption(
    name: "--pid", placeholder: "PID", isRepeatable: true,
    help: "a process of the hub on this machine, to tell its CPU; may be given again")
  static let plot = ArgumentOption(
    name: "--plot", placeholder: "FILE.svg", help: "draw the percentiles of the latencies into a file")
  private static let options = [
    ClientArguments.url, ClientArguments.tokenFile, ClientArguments.authorities, cases, runs, seconds, subscribers,
    quick, prefix, process, plot,
    .json,
  ]

  /// - Parameter words: what follows `bench`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    var order: BenchOrder
    do throws(ArgumentsError) {
      let arguments = try Arguments(words, options: options)
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      order = try await BenchOrder(arguments, environment)
    } catch {
      return error.tell(command: "bench")
    }
    do throws(BenchPlanError) {
      if let told = try order.plan.fit(descriptors: DescriptorLimit.hard) { say(told) }
    } catch {
      for problem in error.problems { say(problem) }
      return EX_OSERR
    }
    let plot: PlotFile?
    do throws(PlotFileError) {
      plot = try order.plot.map { path throws(PlotFileError) in try PlotFile(path) }
    } catch {
      say(error.description)
      return EX_CANTCREAT
    }
    say(order.plan.notice(hub: "\(order.url)", rooms: order.rooms, isHere: order.isHere))
    let outcome = await BenchRun(order: order).run()
    return BenchPrinter(order: order, plot: plot).tell(outcome)
  }

  static func say(_ text: String) { StandardError.write("roomcast bench: \(text)") }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast bench [flags]",
      summary: """
        Loads a hub and prints what it did: deliveries, publishes and connects a second, and latencies in milliseconds. \
        Every message is checked: each must come once, in order and to everybody. The rooms have names of their own; \
        their history stays until the hub lets go of it. The load is one thread of this process, so beside the hub on \
        one machine it takes a core from it.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(title: "Cases", rows: BenchCase.all.map { ($0.name, $0.text) }),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "all is well, also where a signal ended it early"),
            ("1", "a message was lost, doubled or out of order, or a connection was lost"), ("64", "wrong call"),
            ("69", "the hub cannot be reached, or a limit of it is in the way"),
            ("71", "this process may not open as many files as it needs"), ("73", "the plot's file cannot be made"),
            ("74", "the result cannot be written"), ("77", "these credentials may not do it"),
          ]),
      ])
  }
}
