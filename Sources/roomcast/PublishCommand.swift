import Glibc
import HubClient
import HubWire

/// `roomcast publish`: posts one event, or one for each line of standard input.
enum PublishCommand {
  static let event = ArgumentOption(
    name: "--event", placeholder: "NAME", help: "the event's name; \(EventName.message) otherwise")
  static let ephemeral = ArgumentOption(name: "--ephemeral", help: "not kept in the room's history")
  static let key = ArgumentOption(
    name: "--key", placeholder: "KEY", help: "idempotency key: the same one publishes once, for five minutes")
  static let text = ArgumentOption(name: "--text", help: "DATA is text and no JSON: it is sent as a JSON string")
  private static let options = ClientArguments.options + [event, ephemeral, key, text, .json]

  /// - Parameter words: what follows `publish`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    do throws(ArgumentsError) {
      let shape = Arguments.Shape(positionals: ["ROOM", "[DATA|-]"])
      let arguments = try Arguments(words, options: options, shape: shape)
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      let request = try PublishOrder(arguments, environment)
      switch try input(arguments) {
      case .data(let data): return await publish(data, request)
      case .lines: return await PublishLines(order: request, isTerminal: isatty(STDERR_FILENO) == 1).run()
      }
    } catch {
      return error.tell(command: "publish")
    }
  }

  private enum Input {
    case data(String)
    case lines
  }

  private static func input(_ arguments: Arguments) throws(ArgumentsError) -> Input {
    let data = arguments.positionals.dropFirst().first
    if let data, data != "-" { return .data(data) }
    if data == nil, isatty(STDIN_FILENO) == 1 {
      throw ArgumentsError(problems: ["DATA is missing; give JSON, or - to read lines of JSON from standard input"])
    }
    if arguments.value(of: key) != nil {
      throw ArgumentsError(problems: ["--key names one event; leave it out with -"])
    }
    return .lines
  }

  private static func publish(_ text: String, _ order: PublishOrder) async -> Int32 {
    do throws(HubError) {
      let data = try order.data(Array(text.utf8))
      return await publish(data, order)
    } catch {
      let mend = order.isText ? "" : "; to send it as text, add --text"
      StandardError.write("roomcast publish: DATA is \(error.detail)\(mend)")
      return EX_DATAERR
    }
  }

  private static func publish(_ data: [UInt8], _ order: PublishOrder) async -> Int32 {
    do throws(ClientError) {
      let receipt = try await order.hub.publish(
        data, to: order.room.text, event: order.event.text, key: order.key, isEphemeral: order.isEphemeral)
      return StandardOutput.write(line: order.isJSON ? receipt.json : Array(sentence(receipt).utf8)) ? EX_OK : EX_IOERR
    } catch {
      StandardError.write("roomcast publish: \(error)")
      return exitCode(error)
    }
  }

  private static func sentence(_ receipt: PublishReceipt) -> String {
    if receipt.isQueued == true { return "queued for \(receipt.room): the engine is away, and gets it when it is back" }
    let place = receipt.position.map { "as \($0)" } ?? (receipt.isQueued == nil ? "(ephemeral)" : "(this node alone)")
    let subscribers = "\(receipt.subscribers) subscriber\(receipt.subscribers == 1 ? "" : "s")"
    return "published into \(receipt.room) \(place), \(subscribers)"
      + (receipt.isDuplicate ? "; an earlier request had published it already" : "")
  }

  /// By sysexits.h.
  static func exitCode(_ error: ClientError) -> Int32 {
    switch error {
    case .unreachable, .cancelled, .closed: EX_UNAVAILABLE
    case .badAnswer: EX_PROTOCOL
    case .input: EX_IOERR
    case .refused(let refusal):
      switch refusal.status {
      case 401, 403: EX_NOPERM
      case _ where refusal.isTemporary: EX_UNAVAILABLE
      default: EX_DATAERR
      }
    }
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast publish ROOM [DATA|-] [flags]",
      summary: """
        Posts an event into a room, and returns once the hub has taken it. With -, and with no DATA where standard \
        input is no terminal, each line of it is the data of one event; any number of lines is sent in constant memory. \
        After a lost connection, and while the hub cannot take events, what is not answered is sent again with the same \
        idempotency key, so that each event is published once and a room's events keep their order; after five tries \
        in a row without an answer it gives up.
        """,
      sections: [
        ArgumentsHelp.Section(
          title: "Arguments",
          rows: [
            ("ROOM", "the room's name, such as orders or chat:1"),
            ("DATA", "one JSON value, such as '{\"total\":42}'; after -- where it begins with -"),
          ]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "everything is published"), ("64", "wrong call"), ("65", "the hub or JSON refuses some of the data"),
            ("69", "the hub cannot be reached, or has no room now"), ("74", "standard input cannot be read"),
            ("76", "what answers is no hub"), ("77", "these credentials may not publish there"),
          ]),
      ])
  }
}
