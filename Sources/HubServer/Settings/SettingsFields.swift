/// One object of a list of settings, taken apart field by field.
///
/// Nothing stops at the first mistake: each is noted with its place, so that one run shows all there is to mend.
struct SettingsFields {
  /// What is wrong so far.
  private(set) var mistakes: [SettingsMistake] = []
  /// False where something else stands in its place, of which no field can be asked.
  private(set) var isObject = true
  /// Whether the object stands in the settings file, and not in a flag or variable, which others can see.
  let isFromFile: Bool
  /// Where the object stands.
  let position: SourcePosition
  private let path: String
  private var members: [String: JSON5Member] = [:]

  /// - Parameters:
  ///   - path: what is appended to the key's path, such as `[1]`.
  ///   - known: the names of all fields there are.
  init(_ node: JSON5Node, path: String, isFromFile: Bool, known: [String]) {
    self.path = path
    self.isFromFile = isFromFile
    position = node.position
    guard case .object(let members) = node.value else {
      isObject = false
      // Not shown: it may be a secret at the wrong place.
      note(nil, "an object is needed here", mend: "write { \(known.map { "\($0): …" }.joined(separator: ", ")) }")
      return
    }
    for member in members {
      if let first = self.members[member.key] {
        note(
          member, at: member.keyPosition, "this key is given twice, first at \(first.keyPosition)",
          mend: "keep one of them")
      } else if known.contains(member.key) {
        self.members[member.key] = member
      } else {
        let near = NearestName.of(member.key, among: known)
        note(
          member, at: member.keyPosition, "this key is not known",
          mend: near.map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))")
      }
    }
  }

  /// Whether the object has the field.
  func has(_ key: String) -> Bool { members[key] != nil }

  /// A text that is not empty.
  mutating func text(_ key: String, maximum: Int = 4_096) -> String? {
    guard let member = members[key] else { return nil }
    guard case .string(let text) = member.node.value, (1...maximum).contains(text.utf8.count), !text.contains("\0")
    else {
      note(key, "a text of 1 to \(maximum) bytes is needed here", mend: "write it in quotes")
      return nil
    }
    return text
  }

  /// The texts of a list; one text is a list of one.
  mutating func texts(_ key: String, mend: String) -> [String]? {
    guard let member = members[key] else { return nil }
    var texts: [String] = []
    if case .string(let text) = member.node.value { return [text] }
    guard case .array(let nodes) = member.node.value, !nodes.isEmpty else {
      note(key, "a list of texts is needed here, and not an empty one", mend: mend)
      return nil
    }
    for node in nodes {
      guard case .string(let text) = node.value else {
        note(key, "the list holds \(SettingsInput.value(node.value).shown)", mend: mend)
        return nil
      }
      texts.append(text)
    }
    return texts
  }

  mutating func flag(_ key: String) -> Bool? {
    guard let member = members[key] else { return nil }
    guard case .boolean(let value) = member.node.value else {
      note(
        key, "\(SettingsInput.value(member.node.value).shown) is neither true nor false", mend: "write true or false")
      return nil
    }
    return value
  }

  /// A value of any kind that a setting may have; nil where there is none, and after noting what is wrong with it.
  mutating func value<Value>(_ key: String, _ type: SettingsType<Value>) -> Value? {
    guard let member = members[key] else { return nil }
    do throws(SettingsMistake) {
      return try type.parse(.value(member.node.value))
    } catch {
      for mistake in [error] + error.further {
        var mistake = mistake
        mistake.inside = "\(path).\(key)\(mistake.inside)"
        mistake.position = mistake.position ?? member.node.position
        mistake.further = []
        mistakes.append(mistake)
      }
      return nil
    }
  }

  /// The same into a property, which stays as it is where there is no value.
  mutating func assign<Value>(_ key: String, _ type: SettingsType<Value>, to property: inout Value) {
    if let value = value(key, type) { property = value }
  }

  /// The fields of an object in the object.
  mutating func object<Element>(
    _ key: String, fields known: [String], _ read: (inout SettingsFields) -> Element
  ) -> Element? {
    guard let member = members[key] else { return nil }
    var fields = SettingsFields(member.node, path: "\(path).\(key)", isFromFile: isFromFile, known: known)
    let element = fields.isObject ? read(&fields) : nil
    mistakes += fields.mistakes
    return element
  }

  /// Notes that a field is missing, where it is.
  mutating func require(_ key: String, mend: String) {
    if !has(key) { note(nil, "\(key) is missing", mend: mend) }
  }

  /// Notes a mistake in a field that is there.
  mutating func note(_ key: String, _ message: String, mend: String) {
    note(members[key], message, mend: mend)
  }

  /// Notes a mistake in the whole object.
  mutating func note(_ message: String, mend: String) {
    note(nil as JSON5Member?, message, mend: mend)
  }

  /// - Parameter place: the value of the member, or the object, where there is none.
  private mutating func note(
    _ member: JSON5Member?, at place: SourcePosition? = nil, _ message: String, mend: String
  ) {
    mistakes.append(
      SettingsMistake(
        message: message, mend: mend, inside: member.map { "\(path).\($0.key)" } ?? path,
        position: place ?? member?.node.position ?? position))
  }
}
