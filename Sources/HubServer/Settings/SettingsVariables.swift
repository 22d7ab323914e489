/// The settings in the environment.
struct SettingsVariables: SettingsSource {
  private(set) var entries: [SettingsEntry] = []
  private(set) var problems: [SettingsProblem] = []
  /// The settings file.
  private(set) var file: String?

  private static let prefix = "ROOMCAST_"
  private static let keys = Dictionary(uniqueKeysWithValues: SettingsKey.table.map { ($0.variable, $0) })

  init(_ environment: [String: String], ignoring: Set<String>) {
    let ours = environment.filter { $0.key.hasPrefix(Self.prefix) && !ignoring.contains($0.key) }
    for (variable, value) in ours.sorted(by: { $0.key < $1.key }) {
      if variable == SettingsReader.fileVariable {
        take(file: value)
      } else if Self.isServiceLink(variable, value) {
        report(
          variable, key: Self.keys[variable]?.path, "Kubernetes set this for a service named roomcast",
          mend: "set enableServiceLinks: false for the pod, or name the service otherwise")
      } else if let key = Self.keys[variable] {
        entries.append(
          SettingsEntry(key: key, input: .text(value), origin: .environment(variable: variable)))
      } else {
        let near = NearestName.of(variable, among: SettingsKey.table.map(\.variable) + [SettingsReader.fileVariable])
        report(
          variable, key: nil, "this variable is not known",
          mend: near.map { "did you mean \($0)?" } ?? "take it away; --help lists the settings")
      }
    }
  }

  private mutating func take(file value: String) {
    guard !value.isEmpty else {
      return report(
        SettingsReader.fileVariable, key: nil, "the name of the file is empty", mend: "name a file or unset it")
    }
    file = value
  }

  /// Kubernetes gives each container variables named after each service: a service `roomcast` overrides our own.
  private static func isServiceLink(_ variable: String, _ value: String) -> Bool {
    if variable == "ROOMCAST_PORT" { return value.hasPrefix("tcp://") || value.hasPrefix("udp://") }
    let rest = variable.dropFirst(prefix.count)
    return rest == "SERVICE_HOST" || rest.hasPrefix("SERVICE_PORT")
      || (rest.hasPrefix("PORT_") && (rest.contains("_TCP") || rest.contains("_UDP")))
  }

  private mutating func report(_ variable: String, key: String?, _ message: String, mend: String) {
    problems.append(
      SettingsProblem(origin: .environment(variable: variable), key: key, message: message, mend: mend))
  }
}
