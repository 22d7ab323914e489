/// The settings in force as people and machines read them.
package enum SettingsReport {
  /// A table of key, value and origin, aligned, one setting a line.
  package static func table(_ reading: SettingsReading) -> String {
    let rows = SettingsKey.table.map { key in
      let text = key.text(in: reading.settings)
      return [key.path, text.isEmpty ? "-" : text, reading.origin(of: key.path).description]
    }
    return TextTable.aligned([["SETTING", "VALUE", "FROM"]] + rows)
  }

  /// One JSON object: `settings`, each with `key`, `value` and `from`; `problems` and `warnings`; `ok`.
  ///
  /// - Parameter store: what a look at the engine's store gave, a JSON object, and whether it is right.
  package static func json(
    _ reading: SettingsReading, store: (json: String, isRight: Bool)? = nil
  ) -> String {
    let settings = SettingsKey.table.map { key in
      let from = JSONText.quoted(reading.origin(of: key.path).description)
      return "{\"key\":\(JSONText.quoted(key.path)),\"value\":\(key.json(in: reading.settings)),\"from\":\(from)}"
    }
    let isRight = reading.problems.isEmpty && store?.isRight ?? true
    let rest = store.map { ",\"store\":\($0.json)" } ?? ""
    return "{\"ok\":\(isRight),\"settings\":[\(settings.joined(separator: ","))],"
      + "\"problems\":\(json(reading.problems)),\"warnings\":\(json(reading.warnings))\(rest)}\n"
  }

  private static func json(_ problems: [SettingsProblem]) -> String {
    let objects = problems.map { problem in
      let key = problem.key.map(JSONText.quoted) ?? "null"
      return "{\"from\":\(JSONText.quoted(problem.origin.description)),\"key\":\(key),"
        + "\"message\":\(JSONText.quoted(problem.message)),\"mend\":\(JSONText.quoted(problem.mend))}"
    }
    return "[\(objects.joined(separator: ","))]"
  }

  /// Flag and explanation with the default, for the help text of commands that take settings.
  package static func help() -> [(flag: String, text: String)] {
    let defaults = Settings()
    let file = (
      flag: "\(SettingsReader.fileFlag) FILE", text: "JSON5 file with settings (\(SettingsReader.fileVariable))"
    )
    return [file]
      + SettingsKey.table.map { key in
        let flag = key.placeholder.map { "\(key.flag) \($0)" } ?? key.flag
        let value = key.text(in: defaults)
        return (flag, value.isEmpty || key.placeholder == nil ? key.help : "\(key.help) [\(value)]")
      }
  }
}
