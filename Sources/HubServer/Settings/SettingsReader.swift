/// Reads the settings from flags, the environment and a file, of which the first that speaks wins.
///
/// Nothing stops at the first mistake: every value of every source is checked, also one that a stronger source
/// overrides, and what does not fit together is looked for at the end, so that one run shows all there is to mend.
public struct SettingsReader {
  /// The flag that names the settings file.
  package static let fileFlag = "--settings"
  /// The variable that names the settings file where the flag does not.
  package static let fileVariable = "ROOMCAST_SETTINGS"
  /// The variable that names the hub for the commands that talk to one: no setting of a hub.
  package static let hubVariable = "ROOMCAST_URL"
  /// The variable that holds the API key or token of such a command: no setting of a hub either.
  package static let tokenVariable = "ROOMCAST_TOKEN"
  /// File of the authorities that clients believe about a hub with TLS.
  package static let authoritiesVariable = "ROOMCAST_AUTHORITIES"

  /// - Parameters:
  ///   - arguments: the flags, without the command's own name; anything that is no setting's flag is a problem.
  ///   - environment: all variables; those that do not begin with `ROOMCAST_` are left alone.
  ///   - readFile: gives the bytes of the settings file; what it throws is told as a problem.
  public static func read(
    arguments: [String], environment: [String: String],
    readFile: (String) throws -> [UInt8] = SettingsFile.bytes(of:)
  ) -> SettingsReading {
    read(
      arguments: arguments, environment: environment, machine: .current,
      ignoring: [hubVariable, tokenVariable, authoritiesVariable],
      readFile: readFile)
  }

  /// The same on a machine of the caller's choice.
  ///
  /// - Parameter ignoring: `ROOMCAST_` variables that are not settings but somebody else's.
  package static func read(
    arguments: [String], environment: [String: String], machine: Machine, ignoring: Set<String> = [],
    readFile: (String) throws -> [UInt8] = SettingsFile.bytes(of:)
  ) -> SettingsReading {
    let flags = SettingsFlags(arguments)
    let variables = SettingsVariables(environment, ignoring: ignoring)
    var reader = SettingsReader(machine: machine)
    if let file = flags.file ?? variables.file {
      reader.reading.file = file
      reader.apply(SettingsDocument(file: file, readFile: readFile))
    }
    reader.apply(variables)
    reader.apply(flags)
    reader.checkTogether()
    reader.checkCredentials(readFile: readFile)
    return reader.reading
  }

  /// Whether a flag, given with its dashes, is a setting's.
  package static func knows(flag: String) -> Bool { SettingsFlags.isKnown(flag) }

  /// Whether a flag, given with its dashes, is a setting's (or a mistyped one's) and followed by its value.
  package static func takesValue(flag: String) -> Bool { SettingsFlags.takesValue(flag) }

  var reading: SettingsReading
  let machine: Machine
  /// Keys of which a value was wrong: what they have to do with others cannot be judged.
  private(set) var wrong: Set<String> = []

  private init(machine: Machine) {
    self.machine = machine
    reading = SettingsReading(settings: Settings(machine: machine))
  }

  private mutating func apply(_ source: some SettingsSource) {
    let first = reading.problems.count
    reading.problems += source.problems
    wrong.formUnion(source.problems.compactMap(\.key))
    for entry in source.entries {
      do throws(SettingsMistake) {
        try entry.key.assign(&reading.settings, entry.input)
        reading.origins[entry.key.path] = entry.origin
      } catch {
        report(entry.key.path, error, at: entry.origin)
      }
    }
    // Those of a file in the order of its text.
    reading.problems[first...].sort { left, right in
      guard case .file(_, let left?) = left.origin, case .file(_, let right?) = right.origin else { return false }
      return left < right
    }
  }

  mutating func report(_ path: String, _ mistake: SettingsMistake, at origin: SettingsOrigin) {
    wrong.insert(path)
    for mistake in [mistake] + mistake.further {
      let problem = SettingsProblem(
        origin: origin.at(mistake.position), key: path + mistake.inside, message: mistake.message, mend: mistake.mend)
      reading.problems.append(problem)
    }
  }
}

/// A place that settings come from, taken apart but not yet understood.
protocol SettingsSource {
  /// The values, each for a known key.
  var entries: [SettingsEntry] { get }
  /// What is wrong with the source besides the values.
  var problems: [SettingsProblem] { get }
}

/// A value as it stands in a source.
struct SettingsEntry {
  var key: SettingsKey
  var input: SettingsInput
  var origin: SettingsOrigin
}
