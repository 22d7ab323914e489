import HubServer

/// `roomcast check`: shows the settings in force, each with where it comes from, and all that is wrong with them.
enum CheckCommand {
  /// EX_CONFIG of sysexits.h.
  static let wrongSettings: Int32 = 78

  /// - Parameter arguments: what follows `check`.
  /// - Returns: the exit code: 0 where a hub would start with these settings, 78 where not, 64 for a wrong call.
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
    let report = parsed.has(.json) ? SettingsReport.json(reading) : SettingsReport.table(reading)
    print(report, terminator: "")
    for warning in reading.warnings { StandardError.write("roomcast check: warning: \(warning)") }
    for problem in reading.problems { StandardError.write("roomcast check: \(problem)") }
    return reading.problems.isEmpty ? 0 : wrongSettings
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast check [FILE] [flags]",
      summary: """
        Prints every setting in force and where it comes from, and all that is wrong with the settings, without \
        starting a hub. Flags beat ROOMCAST_ variables, which beat the file.
        """,
      sections: [
        ArgumentsHelp.Section(
          title: "Arguments", rows: [("FILE", "JSON5 file with settings, as with --settings")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows([.json, .help])),
        ArgumentsHelp.Section(title: "Settings", rows: SettingsReport.help().map { ($0.flag, $0.text) }),
        ArgumentsHelp.Section(
          title: "Exit codes", rows: [("0", "the settings are right"), ("64", "wrong call"), ("78", "wrong settings")]),
      ])
  }
}
