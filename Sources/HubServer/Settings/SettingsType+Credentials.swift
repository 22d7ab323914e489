import HubWire

extension SettingsType where Value == [APIKeySettings] {
  static let apiKeys = SettingsType.objects(
    fields: ["name", "sha256", "scopes", "rooms"],
    read: { fields in
      let mend = "roomcast token key NAME makes a key and prints its entry"
      for key in ["name", "sha256", "scopes"] { fields.require(key, mend: mend) }
      let name = fields.text("name", maximum: 200)
      let digest = fields.text("sha256").flatMap { text -> String? in
        if text.utf8.count == 64, text.utf8.allSatisfy(\.isHexadecimalDigit) { return text.lowercased() }
        // Not shown: whoever pastes the key itself here must not find it in the log.
        fields.note("sha256", "this is not 64 hexadecimal digits", mend: mend)
        return nil
      }
      let scopes = fields.scopes("scopes")
      let rooms = fields.has("rooms") ? fields.patterns("rooms") : [.all]
      guard let name, let digest, let scopes, let rooms else { return nil }
      return APIKeySettings(name: name, sha256: digest, scopes: scopes, rooms: rooms)
    },
    json: \.json,
    together: { elements in
      doubled(elements, \.name, field: "name", "this is the name of")
        + doubled(
          elements, \.sha256, field: "sha256", "this is the key of")
    })
}

extension SettingsType where Value == [TokenKeySettings] {
  static let tokenKeys = SettingsType.objects(
    fields: ["kid", "algorithm", "secretFile", "secret", "publicKeyFile"],
    read: { fields in
      let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
      fields.require("algorithm", mend: "choose from \(names)")
      let id = fields.text("kid", maximum: 200)
      let algorithm = fields.text("algorithm").flatMap { text -> SignatureAlgorithm? in
        if let algorithm = SignatureAlgorithm(rawValue: text) { return algorithm }
        fields.note(
          "algorithm", "\"\(text.prefix(80))\" is no algorithm that is taken here", mend: "choose from \(names)")
        return nil
      }
      guard let material = fields.material(for: algorithm), let algorithm, id != nil || !fields.has("kid") else {
        return nil
      }
      return TokenKeySettings(id: id, algorithm: algorithm, material: material)
    },
    json: \.json,
    together: { elements in doubled(elements, \.id, field: "kid", "this is the kid of") })
}

extension SettingsType where Value == [String] {
  /// Texts as they stand in a token.
  static let claimTexts = SettingsType.list(
    of: "TEXT,…", { $0.isEmpty ? nil : $0 }, show: { $0 }, mend: "give texts that are not empty")
}

extension SettingsFields {
  fileprivate mutating func scopes(_ key: String) -> Scopes? {
    let names = Scopes.all.map(\.name).joined(separator: ", ")
    guard let texts = texts(key, mend: "write a list of some of \(names)") else { return nil }
    var scopes: Scopes = []
    for text in texts {
      guard let scope = Scopes.all.first(where: { $0.name == text }) else {
        note(key, "\"\(text.prefix(80))\" is no scope", mend: "choose from \(names)")
        return nil
      }
      scopes.insert(scope.scope)
    }
    return scopes
  }

  fileprivate mutating func patterns(_ key: String) -> [RoomPattern]? {
    guard let texts = texts(key, mend: "write a list of rooms, such as [\"orders\", \"chat:*\"]") else { return nil }
    var patterns: [RoomPattern] = []
    for text in texts {
      do throws(HubError) {
        patterns.append(try RoomPattern(text))
      } catch {
        note(key, "\"\(text.prefix(80))\": \(error.detail)", mend: "write a room, or with one * at its end many")
        return nil
      }
    }
    return patterns
  }

  /// Where a signing key is: exactly one field, that suits the algorithm.
  fileprivate mutating func material(for algorithm: SignatureAlgorithm?) -> TokenKeySettings.Material? {
    let wanted = algorithm == .hs256 ? ["secretFile", "secret"] : ["publicKeyFile"]
    let given = ["secretFile", "secret", "publicKeyFile"].filter(has)
    if given.contains("secret"), !isFromFile {
      note(
        "secret", "a secret is not taken from a flag or variable, where others can see it", mend: "name a secretFile")
      return nil
    }
    guard let algorithm else { return nil }
    guard given.count == 1, let field = given.first, wanted.contains(field) else {
      let found = given.isEmpty ? "no key" : given.joined(separator: " and ")
      note(
        "\(algorithm.rawValue) needs \(wanted.joined(separator: " or ")), and here is \(found)",
        mend: "give \(wanted[0]) alone")
      return nil
    }
    guard let text = text(field) else { return nil }
    switch field {
    case "secret": return .secret(HiddenText(text))
    case "secretFile": return .secretFile(text)
    default: return .publicKeyFile(text)
    }
  }
}

extension APIKeySettings {
  /// The entry as it may stand in the settings file.
  package var json: String {
    let scopes = scopes.names.map(JSONText.quoted).joined(separator: ",")
    let rooms = rooms.map { JSONText.quoted($0.text) }.joined(separator: ",")
    return "{\"name\":\(JSONText.quoted(name)),\"sha256\":\(JSONText.quoted(sha256)),"
      + "\"scopes\":[\(scopes)],\"rooms\":[\(rooms)]}"
  }
}

extension TokenKeySettings {
  /// The entry as it may stand in the settings file, without a secret.
  fileprivate var json: String {
    let id = id.map { "\"kid\":\(JSONText.quoted($0))," } ?? ""
    let source =
      switch material {
      case .secret(let secret): ("secret", secret.description)
      case .secretFile(let file): ("secretFile", file)
      case .publicKeyFile(let file): ("publicKeyFile", file)
      }
    return "{\(id)\"algorithm\":\"\(algorithm.rawValue)\",\"\(source.0)\":\(JSONText.quoted(source.1))}"
  }
}

extension UInt8 {
  fileprivate var isHexadecimalDigit: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
