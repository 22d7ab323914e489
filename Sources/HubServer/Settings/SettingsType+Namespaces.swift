import HubRooms
import HubWire

extension SettingsType where Value == [NamespaceSettings] {
  static let namespaces = SettingsType.objects(
    fields: [
      "name", "anonymous", "history", "presence", "publish", "slow", "lastValue", "ephemeral", "schemas", "webhooks",
      "backend",
    ],
    read: { fields in
      fields.require("name", mend: nameMend)
      let name = fields.namespaceName("name")
      var namespace = NamespaceSettings(name: name ?? .all)
      fields.assign("anonymous", .flag, to: &namespace.anonymous)
      fields.object("history", fields: ["events", "age", "bytes"]) { history in
        namespace.history.events = history.value("events", .count(NamespaceHistorySettings.eventsRange))
        namespace.history.age = history.value("age", .duration(NamespaceHistorySettings.ageRange))
        namespace.history.bytes = history.value("bytes", .size(NamespaceHistorySettings.bytesRange))
      }
      fields.assign("presence", .flag, to: &namespace.presence)
      fields.assign("publish", .names(of: PublishRight.self), to: &namespace.publish)
      fields.assign("slow", .names(of: SlowPolicy.self), to: &namespace.slow)
      fields.assign("lastValue", .flag, to: &namespace.lastValue)
      fields.assign("ephemeral", .flag, to: &namespace.ephemeral)
      fields.assign("schemas", .schemas, to: &namespace.schemas)
      if namespace.ephemeral, namespace.lastValue {
        fields.note(
          "lastValue", "an ephemeral room keeps nothing, so it has no last value", mend: "take one of them away")
      }
      namespace.webhooks = fields.namespaceWebhooks()
      namespace.backend = fields.namespaceBackend()
      return name == nil ? nil : namespace
    },
    json: \.json,
    together: { elements in doubled(elements, { $0.name }, field: "name", "this is the namespace of") })

  private static let nameMend = "write a namespace, such as news, or news* for all whose names begin so"
}

extension NamespaceHistorySettings {
  static let eventsRange = 1...100_000_000
  static let ageRange = Duration.seconds(1)...Duration.seconds(3_650 * 86_400)
  static let bytesRange = 1 << 10...1 << 40

  fileprivate var json: String {
    var members: [String] = []
    if let events { members.append("\"events\":\(events)") }
    if let age { members.append("\"age\":\(JSONText.quoted(SettingsUnits.text(duration: age)))") }
    if let bytes { members.append("\"bytes\":\(bytes)") }
    return "{\(members.joined(separator: ","))}"
  }
}

extension NamespaceSettings {
  /// The entry as it may stand in the settings file: its name, and what is not as it would be anyway.
  fileprivate var json: String {
    let plain = NamespaceSettings(name: name)
    var members = ["\"name\":\(JSONText.quoted(name.text))"]
    if anonymous { members.append("\"anonymous\":true") }
    if history != plain.history { members.append("\"history\":\(history.json)") }
    if presence { members.append("\"presence\":true") }
    if publish != plain.publish { members.append("\"publish\":\(JSONText.quoted(publish.rawValue))") }
    if slow != plain.slow { members.append("\"slow\":\(JSONText.quoted(slow.rawValue))") }
    if lastValue { members.append("\"lastValue\":true") }
    if !schemas.isEmpty { members.append("\"schemas\":\(SettingsType.schemas.json(schemas))") }
    if ephemeral { members.append("\"ephemeral\":true") }
    if let webhooks { members.append("\"webhooks\":\(webhooks.json)") }
    if let backend { members.append("\"backend\":\(backend.json)") }
    return "{\(members.joined(separator: ","))}"
  }
}

extension SettingsType where Value: RawRepresentable<String> & CaseIterable & Equatable, Value.AllCases: Sendable {
  /// One of the names of an enumeration.
  static func names(of type: Value.Type) -> Self {
    .choice(Value.allCases.map { ($0.rawValue, $0) }, of: "NAME")
  }
}

extension SettingsFields {
  fileprivate mutating func namespaceName(_ key: String) -> RoomPattern? {
    guard let text = text(key) else { return nil }
    // A namespace ends before the first colon, so that none holds one.
    if let pattern = try? RoomPattern(text), !text.contains(":") { return pattern }
    note(
      key, "\"\(text.prefix(80))\" is no namespace",
      mend: "write a namespace, such as news, or news* for all whose names begin so")
    return nil
  }
}
