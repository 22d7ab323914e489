import Glibc
import HubDisk
import HubWire

/// `roomcast export`: writes the history of a store as lines of JSON.
enum ExportCommand {
  private static let name = "export"

  /// - Parameter words: what follows `export`.
  /// - Returns: the exit code.
  static func run(_ words: [String], environment: [String: String]) -> Int32 {
    let arguments: Arguments
    let rooms: [RoomPattern]
    do throws(ArgumentsError) {
      arguments = try Arguments(words, options: [], shape: .init(positionals: ["[ROOM…]"], takesSettings: true))
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      rooms = try patterns(arguments.positionals)
    } catch {
      return error.tell(command: name)
    }
    switch StoreArguments.meaning(arguments, environment, command: name) {
    case .ended(let code): return code
    case .directory(let directory): return export(directory, rooms)
    }
  }

  private static func patterns(_ words: [String]) throws(ArgumentsError) -> [RoomPattern] {
    var patterns: [RoomPattern] = []
    var problems: [String] = []
    for word in words {
      do throws(HubError) {
        patterns.append(try RoomPattern(word))
      } catch {
        problems.append("ROOM \"\(word)\": \(error.detail)")
      }
    }
    guard problems.isEmpty else { throw ArgumentsError(problems: problems) }
    return patterns
  }

  private static func export(_ directory: String, _ rooms: [RoomPattern]) -> Int32 {
    var output = LineBuffer()
    do throws(DiskError) {
      let report = try StoreExport.run(directory, rooms: rooms) { output.put($0) }
      return tell(report, isWritten: output.flush())
    } catch {
      _ = output.flush()
      StandardError.write("roomcast \(name): stopped after \(StoreArguments.counted(output.lines, "line"))")
      return StoreArguments.tell(error, command: name)
    }
  }

  private static func tell(_ report: StoreExport.Report, isWritten: Bool) -> Int32 {
    let counts = "\(StoreArguments.counted(report.events, "event")) of \(StoreArguments.counted(report.rooms, "room"))"
    guard report.isTaken, isWritten else {
      StandardError.write("roomcast \(name): standard output cannot be written; stopped within \(counts)")
      return EX_IOERR
    }
    for loss in report.losses { StandardError.write("roomcast \(name): \(loss)") }
    if report.lossCount > report.losses.count {
      StandardError.write("roomcast \(name): and \(report.lossCount - report.losses.count) more")
    }
    for pattern in report.unknown { StandardError.write("roomcast \(name): the store has no room \(pattern)") }
    guard report.lossCount == 0 else {
      StandardError.write(
        "roomcast \(name): the store is damaged: \(counts) could be read; what is named above is missing")
      return EX_DATAERR
    }
    return report.unknown.isEmpty ? EX_OK : EX_NOINPUT
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast export [ROOM…] --engine disk:DIR",
      summary: """
        Writes the history of a store to standard output, one event a line, in the order of rooms' names and of their \
        offsets: from one state of the store, also while a hub runs on it. A damaged store is read as far as it can be.
        """,
      sections: [
        ArgumentsHelp.Section(
          title: "Arguments", rows: [("ROOM", "a room, or with a * at the end all that begin so; all rooms otherwise")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows([.help])),
        StoreArguments.help,
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "everything is written"), ("64", "wrong call"),
            ("65", "the store is damaged, and something is missing"),
            ("66", "there is no such store, or no such room"),
            ("74", "the store cannot be read, or the output written"),
            ("78", "wrong settings, or a store of another version"),
          ]),
      ])
  }
}
