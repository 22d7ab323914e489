import Glibc
import HubClient
import HubIO
import HubWire

/// `roomcast subscribe`: prints events as they come.
enum SubscribeCommand {
  private static let after = ArgumentOption(
    name: "--after", placeholder: "POSITION",
    help: "begin after a position that the hub told, or with everything that is kept: earliest")
  private static let count = ArgumentOption(name: "--count", placeholder: "N", help: "end after N events")
  private static let options = ClientArguments.options + [after, count, .json]

  /// - Parameter words: what follows `subscribe`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    do throws(ArgumentsError) {
      let arguments = try Arguments(words, options: options, shape: Arguments.Shape(positionals: ["ROOM…"]))
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      let hub = try ClientArguments.hub(arguments, environment)
      let rooms = try rooms(arguments, of: hub)
      let count = try eventCount(arguments)
      let isColoured = isatty(STDERR_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
      let printer = EventPrinter(count: count, isJSON: arguments.has(.json), isColoured: isColoured)
      return await follow(hub, rooms, printer)
    } catch {
      return error.tell(command: "subscribe")
    }
  }

  private static func rooms(_ arguments: Arguments, of hub: Roomcast) throws(ArgumentsError) -> [HubRoom] {
    do throws(HubError) {
      let after = try arguments.value(of: after).map { text throws(HubError) in try ResumePoint(text) }
      if case .position = after, arguments.positionals.count > 1 {
        throw HubError(.invalidPosition, "a position belongs to one room; give one room, or --after earliest")
      }
      var rooms: [HubRoom] = []
      for name in arguments.positionals { rooms.append(hub.room(try RoomName(name).text, after: after)) }
      return rooms
    } catch {
      throw ArgumentsError(problems: [error.detail])
    }
  }

  private static func eventCount(_ arguments: Arguments) throws(ArgumentsError) -> Int? {
    guard let text = arguments.value(of: count) else { return nil }
    guard let count = Int(text), count > 0 else {
      throw ArgumentsError(problems: ["--count \"\(text)\" is not a number of events; give 1 or more"])
    }
    return count
  }

  /// Prints until the count is reached, a signal comes, or the hub refuses for good.
  private static func follow(_ hub: Roomcast, _ rooms: [HubRoom], _ printer: EventPrinter) async -> Int32 {
    let printing = Task { () -> Int32 in
      var printer = printer
      for await event in hub.events(of: rooms) {
        if let code = printer.take(event) { return code }
      }
      return EX_OK
    }
    await ClientReactor.perform { reactor in
      reactor.add(Signals(reactor: reactor) { _ in printing.cancel() })
    }
    let code = await printing.value
    await hub.close()
    return code
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast subscribe ROOM… [flags]",
      summary: """
        Prints one line an event: room, offset, name and data, or with --json the event as it came. After a loss, and \
        where the hub is not there yet, it tries again and goes on where it was. Standard error tells of that, and of the \
        connection's state: catching up, live, or offline until the next try. With --json it does so with one JSON object \
        a line, of the types state (connecting, catching-up, live, or offline with reason and retryIn in milliseconds), \
        connected, subscribed, gap, missed, error, unsubscribed, join, leave, members and closed.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Arguments", rows: [("ROOM…", "names of rooms, such as orders or chat:1")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "ended by --count or a signal"), ("64", "wrong call"), ("69", "the hub refuses for good"),
            ("74", "nobody reads standard output any more"),
          ]),
      ])
  }
}
