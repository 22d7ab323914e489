import HubWire

extension SettingsType where Value == [String: JSONSchema] {
  /// Schemas by the name of an event.
  static let schemas = SettingsType(
    placeholder: "{…}",
    parse: { input throws(SettingsMistake) in
      let mend = "write an object of schemas by event, such as { said: { type: \"object\" }, \"*\": true }"
      guard case .value(.object(let members)) = input else {
        throw SettingsMistake(message: "an object of schemas is needed here", mend: mend)
      }
      var schemas: [String: JSONSchema] = [:]
      var mistakes: [SettingsMistake] = []
      for member in members {
        do throws(SettingsMistake) {
          guard schemas.updateValue(try schema(of: member), forKey: member.key) == nil else {
            throw SettingsMistake(message: "this event is named twice", mend: "keep one of them")
          }
        } catch {
          var mistake = error
          mistake.inside = ".\(member.key)"
          mistake.position = member.keyPosition
          mistakes.append(mistake)
        }
      }
      guard var first = mistakes.first else { return schemas }
      first.further = Array(mistakes.dropFirst())
      throw first
    },
    show: SettingsType.text, json: SettingsType.text)

  private static func schema(of member: JSON5Member) throws(SettingsMistake) -> JSONSchema {
    do throws(HubError) {
      if member.key != "*" { _ = try EventName(member.key) }
      guard let json = member.node.value.json() else {
        throw HubError(.invalidRequest, "the schema holds a number that is not finite")
      }
      return try JSONSchema(json)
    } catch {
      throw SettingsMistake(message: error.detail, mend: "see the page on settings for the words that are understood")
    }
  }

  /// Sorted, so that it is the same each time.
  @Sendable private static func text(_ schemas: [String: JSONSchema]) -> String {
    let members = schemas.sorted { $0.key < $1.key }
      .map { "\(JSONText.quoted($0.key)):\(String(decoding: $0.value.text, as: UTF8.self))" }
    return "{\(members.joined(separator: ","))}"
  }
}
