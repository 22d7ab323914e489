import Glibc
import HubDisk
import HubServer

/// What the commands that work on a store have in common.
enum StoreArguments {
  /// Which store a command line means, or the exit code where it means none, or the settings are wrong.
  enum Meaning {
    case directory(String)
    case ended(Int32)
  }

  static func meaning(_ arguments: Arguments, _ environment: [String: String], command: String) -> Meaning {
    let reading = SettingsReader.read(arguments: arguments.settings, environment: environment)
    guard reading.problems.isEmpty else {
      for problem in reading.problems { StandardError.write("roomcast \(command): \(problem)") }
      return .ended(EX_CONFIG)
    }
    guard case .disk(let directory) = reading.settings.engine else {
      let origin = reading.origin(of: "engine")
      let problem = "the engine \(reading.settings.engine) (\(origin)) has no store; name one with --engine disk:DIR"
      return .ended(ArgumentsError(problems: [problem]).tell(command: command))
    }
    return .directory(directory)
  }

  /// Tells why a store cannot be used.
  /// - Returns: the exit code.
  static func tell(_ error: DiskError, command: String) -> Int32 {
    StandardError.write("roomcast \(command): \(error)")
    return error.exitCode
  }

  /// The settings that name the store, for help.
  static var help: ArgumentsHelp.Section {
    ArgumentsHelp.Section(
      title: "Settings",
      rows: [
        ("--engine disk:DIR", "the directory of the store (ROOMCAST_ENGINE)"),
        ("--settings FILE", "JSON5 file with settings that name it (ROOMCAST_SETTINGS)"),
      ])
  }

  /// A count with its word, such as `1 room`.
  static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
