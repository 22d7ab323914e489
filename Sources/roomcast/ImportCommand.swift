import Glibc
import HubDisk
import HubIO
import HubServer
import HubWire

/// `roomcast import`: reads an exported history into a store that no hub runs on.
enum ImportCommand {
  private static let name = "import"
  private static let newEpochs = ArgumentOption(
    name: "--new-epochs",
    help: "positions of before count no more: for an older copy, or what is left of a damaged store")
  private static let options = [newEpochs, .json]

  /// - Parameter words: what follows `import`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    let arguments: Arguments
    do throws(ArgumentsError) {
      arguments = try Arguments(words, options: options, shape: .init(positionals: ["[FILE|-]"], takesSettings: true))
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      if arguments.positionals.isEmpty, isatty(STDIN_FILENO) == 1 {
        throw ArgumentsError(problems: ["FILE is missing; give one, or - to read standard input"])
      }
    } catch {
      return error.tell(command: name)
    }
    switch StoreArguments.meaning(arguments, environment, command: name) {
    case .ended(let code): return code
    case .directory(let directory): return await read(arguments, into: directory)
    }
  }

  private static func read(_ arguments: Arguments, into directory: String) async -> Int32 {
    let file = arguments.positionals.first ?? "-"
    let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      StandardError.write("roomcast \(name): \(file) cannot be read: \(String(cString: strerror(errno)))")
      return EX_NOINPUT
    }
    do throws(DiskError) {
      let store = try StoreImport(directory, newEpochs: arguments.has(newEpochs))
      let lines = ImportLines(store: store, isTerminal: isatty(STDERR_FILENO) == 1)
      return try await lines.run(InputLines(descriptor: descriptor), isJSON: arguments.has(.json))
    } catch {
      return StoreArguments.tell(error, command: name)
    }
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast import [FILE|-] --engine disk:DIR [flags]",
      summary: """
        Reads lines as `roomcast export` writes them into a store that no hub runs on, and makes the store where there \
        is none. Positions, epochs and times stay, so that clients resume. It can be run again after an interruption: \
        what is there already is passed over. Of a room with a line that is refused, nothing after that line is taken.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Arguments", rows: [("FILE", "the lines; - or nothing for standard input")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        StoreArguments.help,
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "every line is in the store"), ("64", "wrong call"),
            ("65", "lines were refused, or the store is damaged"),
            ("66", "the file or the directory cannot be had"), ("74", "the lines cannot be read, or the store written"),
            ("78", "wrong settings, a store of another version, or a hub that runs on it"),
          ]),
      ])
  }
}
