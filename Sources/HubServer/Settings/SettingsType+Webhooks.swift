extension SettingsType where Value == [WebhookTargetSettings] {
  static let webhookTargets = SettingsType.objects(
    fields: ["name", "url", "secret", "secretFile", "authorities"],
    read: { fields in
      fields.require("name", mend: "give the target a name that other settings can use")
      fields.require("url", mend: "write where it is, as in https://example.org/hooks")
      let name = fields.targetName("name")
      let url = fields.text("url").flatMap { text -> String? in
        do throws(WebhookURLError) {
          _ = try WebhookURL(text)
          return text
        } catch {
          fields.note("url", error.message, mend: error.mend)
          return nil
        }
      }
      let secret = fields.webhookSecret()
      let authorities = fields.text("authorities")
      guard let name, let url, let secret, authorities != nil || !fields.has("authorities") else { return nil }
      return WebhookTargetSettings(name: name, url: url, secret: secret, authorities: authorities)
    },
    json: \.json,
    together: { elements in doubled(elements, \.name, field: "name", "this is the name of") })
}

extension SettingsType where Value == String? {
  /// The name of a target, or nothing.
  static let targetName = SettingsType(
    placeholder: "TARGET",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text else {
        throw SettingsMistake(message: "\(input.shown) is not a target's name", mend: plainNameMend)
      }
      if text.isEmpty { return nil }
      guard isPlainName(text) else {
        throw SettingsMistake(message: "\(input.shown) is not a target's name", mend: plainNameMend)
      }
      return text
    },
    show: { $0 ?? "" }, json: { $0.map(JSONText.quoted) ?? "null" })
}

extension SettingsFields {
  fileprivate mutating func targetName(_ key: String) -> String? {
    guard let text = text(key) else { return nil }
    if isPlainName(text) { return text }
    note(key, "\"\(text.prefix(80))\" is not a target's name", mend: plainNameMend)
    return nil
  }

  /// Where the signing secret is: exactly one field.
  fileprivate mutating func webhookSecret() -> WebhookTargetSettings.Secret? {
    if has("secret"), !isFromFile {
      note(
        "secret", "a secret is not taken from a flag or variable, where others can see it", mend: "name a secretFile")
      return nil
    }
    guard has("secret") != has("secretFile") else {
      note(
        has("secret") ? "secret and secretFile are both here" : "no secret is here, and every request is signed",
        mend: "give secretFile alone")
      return nil
    }
    if let file = text("secretFile") { return .file(file) }
    return text("secret").map { .text(HiddenText($0)) }
  }

  /// What a namespace tells of its rooms.
  mutating func namespaceWebhooks() -> NamespaceWebhookSettings? {
    object("webhooks", fields: ["target", "events"]) { fields in
      fields.require("target", mend: "name one of webhooks.targets")
      let target = fields.targetName("target")
      let events = fields.names("events", of: RoomWebhookEvent.self)
      return target.map { NamespaceWebhookSettings(target: $0, events: events ?? Set(RoomWebhookEvent.allCases)) }
    }.flatMap { $0 }
  }

  /// Who decides for a namespace.
  mutating func namespaceBackend() -> NamespaceBackendSettings? {
    object("backend", fields: ["target", "on", "events", "time", "cache", "away"]) { fields in
      fields.require("target", mend: "name one of webhooks.targets")
      guard let target = fields.targetName("target") else { return nil as NamespaceBackendSettings? }
      var backend = NamespaceBackendSettings(target: target)
      if let on = fields.names("on", of: NamespaceBackendSettings.Question.self) { backend.on = on }
      if let events = fields.texts("events", mend: "write a list of names of events, or leave it out for all") {
        backend.events = events
      }
      fields.assign("time", .duration(WebhookSettings.answerTime), to: &backend.time)
      fields.assign("cache", .duration(WebhookSettings.cacheTime), to: &backend.cache)
      fields.assign("away", .names(of: BackendAbsence.self), to: &backend.away)
      return backend
    }.flatMap { $0 }
  }

  /// Some of an enumeration's names.
  private mutating func names<Element: RawRepresentable<String> & CaseIterable & Hashable>(
    _ key: String, of type: Element.Type
  ) -> Set<Element>? {
    let all = Element.allCases.map(\.rawValue).joined(separator: ", ")
    guard let texts = texts(key, mend: "write a list of some of \(all)") else { return nil }
    var found: Set<Element> = []
    for text in texts {
      guard let element = Element(rawValue: text) else {
        note(key, "\"\(text.prefix(80))\" is not known here", mend: "choose from \(all)")
        return nil
      }
      found.insert(element)
    }
    return found
  }
}

extension WebhookSettings {
  static let answerTime = Duration.milliseconds(10)...Duration.seconds(60)
  static let cacheTime = Duration.zero...Duration.seconds(86_400)
}

extension WebhookTargetSettings {
  /// The entry as it may stand in the settings file, without its secret, and of the URL no more than where it leads: what
  /// follows may hold a secret too.
  fileprivate var json: String {
    let origin = (try? WebhookURL(url))?.origin ?? ""
    var members = ["\"name\":\(JSONText.quoted(name))", "\"url\":\(JSONText.quoted(origin))"]
    switch secret {
    case .text(let text): members.append("\"secret\":\(JSONText.quoted(text.description))")
    case .file(let file): members.append("\"secretFile\":\(JSONText.quoted(file))")
    }
    if let authorities { members.append("\"authorities\":\(JSONText.quoted(authorities))") }
    return "{\(members.joined(separator: ","))}"
  }
}

extension NamespaceWebhookSettings {
  /// The entry as it may stand in the settings file.
  var json: String {
    let names = RoomWebhookEvent.allCases.filter(events.contains).map { JSONText.quoted($0.rawValue) }
    return "{\"target\":\(JSONText.quoted(target)),\"events\":[\(names.joined(separator: ","))]}"
  }
}

extension NamespaceBackendSettings {
  /// The entry as it may stand in the settings file.
  var json: String {
    let questions = Question.allCases.filter(on.contains).map { JSONText.quoted($0.rawValue) }
    var members = ["\"target\":\(JSONText.quoted(target))", "\"on\":[\(questions.joined(separator: ","))]"]
    if !events.isEmpty { members.append("\"events\":[\(events.map(JSONText.quoted).joined(separator: ","))]") }
    members.append("\"time\":\(JSONText.quoted(SettingsUnits.text(duration: time)))")
    members.append("\"cache\":\(JSONText.quoted(SettingsUnits.text(duration: cache)))")
    members.append("\"away\":\(JSONText.quoted(away.rawValue))")
    return "{\(members.joined(separator: ","))}"
  }
}
