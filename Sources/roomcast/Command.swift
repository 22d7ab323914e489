import Glibc
import HubServer

/// The subcommands of `roomcast`.
enum Command {
  static let usage = """
    roomcast: a realtime broadcast hub. Services post events into rooms, subscribers have them in order.

    usage: roomcast COMMAND [OPTIONS]

      serve       run the hub
      publish     post events into a room
      subscribe   print events as they come
      top         show the live figures of a hub
      bench       load a hub, check every message, and print its figures
      token       make API keys and tokens
      check       check settings and print what is in force; verify a store on disk
      export      write the history of a store on disk as lines of JSON
      import      read such lines into a store on disk

    `roomcast COMMAND --help` says more; `roomcast --version` prints the version.

    """

  /// Whether the command treats signals as events, through ``Signals``.
  static func takesSignals(_ word: String?) -> Bool {
    ["serve", "subscribe", "top", "bench"].contains(word)
  }

  /// Runs the command that `words` name.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    let rest = Array(words.dropFirst())
    switch words.first {
    case "serve": return await ServeCommand.run(rest, environment: environment)
    case "publish": return await PublishCommand.run(rest, environment: environment)
    case "subscribe": return await SubscribeCommand.run(rest, environment: environment)
    case "top": return await TopCommand.run(rest, environment: environment)
    case "bench": return await BenchCommand.run(rest, environment: environment)
    case "token": return TokenCommand.run(rest)
    case "check": return CheckCommand.run(rest, environment: environment)
    case "export": return ExportCommand.run(rest, environment: environment)
    case "import": return await ImportCommand.run(rest, environment: environment)
    case "--version", "version":
      print("roomcast \(Hub.version)")
      return EX_OK
    case "--help", "-h", "help":
      print(usage, terminator: "")
      return EX_OK
    case nil:
      StandardError.write(usage)
      return EX_USAGE
    case let word?:
      StandardError.write("roomcast: there is no command \"\(word)\"; try `roomcast --help`")
      return EX_USAGE
    }
  }

  /// The process's environment.
  static var environment: [String: String] {
    var result: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      next += 1
    }
    return result
  }
}
