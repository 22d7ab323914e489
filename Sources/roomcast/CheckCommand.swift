import Glibc
import HubServer

/// `roomcast check`: shows the settings in force, each with where it comes from, and all that is wrong with them and with
/// the store of the engine that they name.
enum CheckCommand {
  /// - Parameter arguments: what follows `check`.
  /// - Returns: the exit code: 0 where a hub would start with these settings, 78 where not, 64 for a wrong call; and by
  ///   what is wrong with the store.
  static func run(_ arguments: [String], environment: [String: String]) -> Int32 {
    let shape = Arguments.Shape(positionals: ["[FILE]"], takesSettings: true)
    let parsed: Arguments
    do throws(ArgumentsError) {
      parsed = try Arguments(arguments, options: [.json], shape: shape)
    } catch {
      return error.tell(command: "check")
    }
    if parsed.has(.help) {
      print(help.text, terminator: "")
      return 0
    }
    let file = parsed.positionals.first.map { ["--settings=\($0)"] } ?? []
    var reading = SettingsReader.read(arguments: file + parsed.settings, environment: environment)
    reading.checkFiles()
    let store = CheckedStore(reading)
    if parsed.has(.json) {
      print(SettingsReport.json(reading, store: store.map { ($0.json, $0.isRight) }), terminator: "")
    } else {
      print(SettingsReport.table(reading) + (store.map { "\n\($0.table)" } ?? ""), terminator: "")
    }
    for warning in reading.warnings { StandardError.write("roomcast check: warning: \(warning)") }
    for problem in reading.problems { StandardError.write("roomcast check: \(problem)") }
    for problem in store?.problems ?? [] { StandardError.write("roomcast check: \(problem)") }
    guard reading.problems.isEmpty else { return EX_CONFIG }
    return store?.exitCode ?? EX_OK
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast check [FILE] [flags]",
      summary: """
        Prints every setting in force and where it comes from, and all that is wrong with the settings, without \
        starting a hub. Flags beat ROOMCAST_ variables, which beat the file. With the engine disk:DIR it verifies the \
        store too, to the last event, without changing it, also while a hub runs on it.
        """,
      sections: [
        ArgumentsHelp.Section(
          title: "Arguments", rows: [("FILE", "JSON5 file with settings, as with --settings")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows([.json, .help])),
        ArgumentsHelp.Section(title: "Settings", rows: SettingsReport.help().map { ($0.flag, $0.text) }),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "the settings are right, and the store is whole"), ("64", "wrong call"), ("65", "a damaged store"),
            ("66", "no store where --engine names one, or none can be there"), ("74", "a store that cannot be read"),
            ("78", "wrong settings, or a store of another version"),
          ]),
      ])
  }
}
