import Glibc
import HubClient

/// `roomcast top`: shows the live figures of a hub.
enum TopCommand {
  private static let interval = ArgumentOption(
    name: "--interval", placeholder: "S", help: "seconds between two looks at the hub; 2 otherwise")
  private static let once = ArgumentOption(name: "--once", help: "print the figures of one interval as text, and end")
  private static let metrics = ArgumentOption(
    name: "--metrics-url", placeholder: "URL",
    help: "where the hub's metrics are, if on a listener of their own (metrics.address)")
  private static let options = [
    ClientArguments.url, ClientArguments.tokenFile, ClientArguments.authorities, interval, once, metrics, .json,
  ]

  private static let intervals = 0.1...3600.0

  /// - Parameter words: what follows `top`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    do throws(ArgumentsError) {
      let arguments = try Arguments(words, options: options)
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      let url = try ClientArguments.url(arguments, environment)
      let credential = try ClientArguments.credential(arguments, environment)
      let seconds = try seconds(arguments)
      let authorities = try ClientArguments.authorities(arguments, environment) ?? .system
      let source = TopSource(
        hub: url, metrics: try metricsURL(arguments) ?? url, credential: credential, authorities: authorities)
      let view: any TopView
      if arguments.has(.json) {
        view = TopLines(isJSON: true)
      } else if arguments.has(once) || !Terminal.output.isThere {
        view = TopLines(isJSON: false)
      } else {
        view = TopTerminal()
      }
      return await TopRun(
        source: source, hub: "\(url)", interval: .milliseconds(Int64(seconds * 1000)), isOnce: arguments.has(once)
      ).run(view)
    } catch {
      return error.tell(command: "top")
    }
  }

  private static func seconds(_ arguments: Arguments) throws(ArgumentsError) -> Double {
    guard let text = arguments.value(of: interval) else { return 2 }
    guard let seconds = Double(text), intervals.contains(seconds) else {
      throw ArgumentsError(problems: ["--interval \"\(text)\" is not a number of seconds from 0.1 to 3600"])
    }
    return seconds
  }

  private static func metricsURL(_ arguments: Arguments) throws(ArgumentsError) -> HubURL? {
    do throws(HubURLError) {
      return try arguments.value(of: metrics).map { text throws(HubURLError) in try HubURL(text) }
    } catch {
      throw ArgumentsError(problems: ["--metrics-url: \(error)"])
    }
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast top [flags]",
      summary: """
        Shows what a hub is doing, over and over in place on a terminal until q is pressed; elsewhere it prints the \
        figures of each interval. Where the hub goes away it says so, tries again, and goes on when the hub is back. A \
        hub with credentials wants a key with the scope admin. Its own connection and its looks are counted among the \
        figures.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "ended by q, --once or a signal"), ("64", "wrong call"),
            ("69", "with --once: the hub cannot be reached"), ("74", "nobody reads standard output any more"),
            ("76", "what answers has no metrics of a hub"), ("77", "these credentials may not see them"),
          ]),
      ])
  }
}
