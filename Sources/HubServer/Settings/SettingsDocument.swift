/// The settings in a JSON5 file: nested objects whose paths are the keys.
struct SettingsDocument: SettingsSource {
  private(set) var entries: [SettingsEntry] = []
  private(set) var problems: [SettingsProblem] = []
  private let file: String

  private static let keys = Dictionary(uniqueKeysWithValues: SettingsKey.table.map { ($0.path, $0) })
  /// The paths of objects that hold keys, such as `history` and `history.room`.
  private static let groups = Set(
    SettingsKey.table.flatMap { key in
      key.path.indices.filter { key.path[$0] == "." }.map { String(key.path[..<$0]) }
    })

  init(file: String, readFile: (String) throws -> [UInt8]) {
    self.file = file
    do {
      read(try readFile(file))
    } catch {
      report(nil, nil, "the file cannot be read: \(error)", mend: "name a file that this user may read")
    }
  }

  private mutating func read(_ bytes: [UInt8]) {
    do throws(JSON5Error) {
      let root = try JSON5Scanner.parse(bytes)
      if case .object(let members) = root.value {
        walk(members, under: "")
      } else {
        let found = SettingsInput.value(root.value).shown
        report(root.position, nil, "the file holds \(found)", mend: "write an object: { port: 8080 }")
      }
    } catch {
      report(error.position, nil, error.reason, mend: "mend the JSON5 here; nothing of the file was read")
    }
  }

  private mutating func walk(_ members: [JSON5Member], under prefix: String) {
    var seen: [String: SourcePosition] = [:]
    for member in members {
      let path = prefix + member.key
      if let first = seen[member.key] {
        report(member.keyPosition, path, "this key is given twice, first at \(first)", mend: "keep one of them")
        continue
      }
      seen[member.key] = member.keyPosition
      let isNested = !member.key.contains(".")
      if isNested, let key = Self.keys[path] {
        let origin = SettingsOrigin.file(name: file, position: member.node.position)
        entries.append(SettingsEntry(key: key, input: .value(member.node.value), origin: origin))
      } else if isNested, Self.groups.contains(path) {
        walk(group: member, path)
      } else {
        report(member.keyPosition, path, "this key is not known", mend: Self.mend(unknown: member.key, at: path))
      }
    }
  }

  private mutating func walk(group member: JSON5Member, _ path: String) {
    guard case .object(let members) = member.node.value else {
      let inner = Self.keys.keys.filter { $0.hasPrefix(path + ".") }.sorted().joined(separator: ", ")
      let found = SettingsInput.value(member.node.value).shown
      return report(member.node.position, path, "\(found) is not an object", mend: "it holds \(inner)")
    }
    walk(members, under: path + ".")
  }

  /// What somebody meant: a key nearby, a path written with dots, or a name that stands elsewhere.
  private static func mend(unknown key: String, at path: String) -> String {
    if keys[key] != nil, key.contains(".") {
      let inner = key.split(separator: ".")
      let opening = inner.dropLast().map { "\($0): { " }.joined()
      let closing = String(repeating: " }", count: inner.count - 1)
      return "write it nested: \(opening)\(inner[inner.count - 1]): …\(closing)"
    }
    let paths = SettingsKey.table.map(\.path)
    if let near = NearestName.of(path, among: paths + groups.sorted()) { return "did you mean \(near)?" }
    let elsewhere = paths.filter { $0 == key || $0.hasSuffix("." + key) }
    guard elsewhere.isEmpty else { return "did you mean \(elsewhere.joined(separator: " or "))?" }
    return "take it away; roomcast check --help lists the settings"
  }

  private mutating func report(_ position: SourcePosition?, _ key: String?, _ message: String, mend: String) {
    let origin = SettingsOrigin.file(name: file, position: position)
    problems.append(SettingsProblem(origin: origin, key: key, message: message, mend: mend))
  }
}
