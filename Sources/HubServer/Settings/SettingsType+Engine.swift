// Types of the engine and of what belongs to one.

import HubWire

extension SettingsType where Value == EngineAddress {
  /// `memory:`, `disk:DIRECTORY` or `redis://…`; the mend for any other says which engines there are.
  static let engine = SettingsType(
    placeholder: "URL",
    parse: { input throws(SettingsMistake) in
      if input.text == "memory:" { return .memory }
      if let text = input.text, text.hasPrefix("disk:") {
        let directory = String(text.dropFirst("disk:".count))
        guard !directory.isEmpty, !directory.utf8.contains(0) else {
          throw SettingsMistake(
            message: "\(input.shown) names no directory", mend: "give one, as in disk:/var/lib/roomcast")
        }
        return .disk(directory: directory)
      }
      if let text = input.text, RedisAddress.isMeant(by: text) { return .redis(try redis(text)) }
      let mend = "there are memory: (in the process, the default), disk:DIRECTORY and redis://HOST:PORT"
      // A mistyped address may hold a password.
      let shown = input.text?.contains("@") == true ? "this" : input.shown
      throw SettingsMistake(message: "\(shown) is not an engine", mend: mend)
    },
    show: \.description, json: { JSONText.quoted($0.description) })

  private static func redis(_ text: String) throws(SettingsMistake) -> [RedisAddress] {
    var addresses: [RedisAddress] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      do throws(RedisAddressError) {
        addresses.append(try RedisAddress(part.drop { $0 == " " }))
      } catch {
        throw SettingsMistake(
          message: error.message,
          mend: "write redis://USER:PASSWORD@HOST:PORT/DATABASE, each part but the host if need be, several with "
            + "commas between them, and what is special in a password as %XX")
      }
    }
    return addresses
  }
}

extension SettingsType where Value == String {
  /// What names of keys begin with.
  static let redisPrefix = SettingsType(
    placeholder: "PREFIX",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, isPlainName(text) else {
        throw SettingsMistake(message: "\(input.shown) cannot begin the names of keys", mend: plainNameMend)
      }
      return text
    },
    show: { $0 }, json: JSONText.quoted)

  /// A user of Redis, or nothing.
  static let redisUser = SettingsType(
    placeholder: "USER",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, text.utf8.count <= 256, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw SettingsMistake(
          message: "\(input.shown) is not a user of Redis", mend: "write a name without spaces, such as roomcast")
      }
      return text
    },
    show: { $0 }, json: JSONText.quoted)
}

extension SettingsType where Value == String? {
  /// What Sentinels call a master, or nothing.
  static let redisMaster = SettingsType(
    placeholder: "NAME",
    parse: { input throws(SettingsMistake) in
      if input.text == "" { return nil }
      guard let text = input.text, isPlainName(text) else {
        throw SettingsMistake(message: "\(input.shown) is not a master's name", mend: plainNameMend)
      }
      return text
    },
    show: { $0 ?? "" }, json: { $0.map(JSONText.quoted) ?? "null" })

  /// The path of a directory, or nothing.
  static let directory = SettingsType(
    placeholder: "DIR",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, !text.contains("\0") else {
        throw SettingsMistake(message: "\(input.shown) is not a directory's name", mend: "give a path as text")
      }
      return text.isEmpty ? nil : text
    },
    show: { $0 ?? "" }, json: { $0.map(JSONText.quoted) ?? "null" })
}

let plainNameMend = "write 1 to 64 letters, digits, or characters of _ . -"

/// Whether a text is 1 to 64 of `A-Za-z0-9_.-`.
func isPlainName(_ text: String) -> Bool {
  (1...64).contains(text.utf8.count)
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
}
