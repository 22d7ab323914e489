// Types with one use: what says who or where somebody is.

import HubWire

extension SettingsType where Value == String {
  /// An address or name to listen on; an IPv6 address loses its brackets.
  static let host = SettingsType(
    placeholder: "HOST",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, HostName.isValid(text) else {
        throw SettingsMistake(
          message: "\(input.shown) is not a host",
          mend: "give an address or a name without a port, such as 127.0.0.1, ::1 or localhost")
      }
      return HostName.withoutBrackets(text)
    },
    show: { $0 }, json: JSONText.quoted)
}

extension SettingsType where Value == String {
  /// A user of the system, or nothing; whether there is one shows at the start.
  static let user = SettingsType(
    placeholder: "USER",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, text.utf8.count <= 256,
        !text.contains(where: { $0 == ":" || $0 == "/" || $0 == " " })
      else {
        throw SettingsMistake(message: "\(input.shown) is not a user's name", mend: "give a name such as roomcast")
      }
      return text
    },
    show: { $0 }, json: JSONText.quoted)
}

extension SettingsType where Value == ListenAddress? {
  /// `HOST:PORT`; empty for none.
  static let listenAddress = SettingsType(
    placeholder: "HOST:PORT",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, let address = ListenAddress(text) else {
        if input.text == "" { return nil }
        throw SettingsMistake(
          message: "\(input.shown) is not an address with a port", mend: "give one such as 127.0.0.1:9090 or [::1]:9090"
        )
      }
      return address
    },
    show: { $0?.description ?? "" }, json: { $0.map { JSONText.quoted($0.description) } ?? "null" })
}

extension SettingsType where Value == [OriginPattern] {
  static let origins = SettingsType.list(
    of: "ORIGIN,…", OriginPattern.init, show: \.text,
    mend: "give origins such as https://app.example.org, http://localhost:3000 or https://*.example.org")
}

extension SettingsType where Value == [String] {
  /// Host names as they stand in a request: lower case, IPv6 in brackets, without a port.
  static let hosts = SettingsType.list(
    of: "HOST,…",
    { text in
      guard HostName.isValid(text) else { return nil }
      let lower = text.lowercased()
      return lower.contains(":") && !lower.hasPrefix("[") ? "[\(lower)]" : lower
    },
    show: { $0 }, mend: "give host names without a port, such as hub.local")
}

extension SettingsType where Value == [IPNetwork] {
  static let networks = SettingsType.list(
    of: "NETWORK,…", IPNetwork.init, show: \.description,
    mend: "give addresses, or networks without bits behind their prefix, such as 127.0.0.1, 10.0.0.0/8 or fd00::/8")
}
