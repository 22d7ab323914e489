extension SettingsType where Value == [CertificateFiles] {
  static let certificates = SettingsType.list(
    of: "CERT:KEY,…", CertificateFiles.init, show: \.text,
    mend: "give certificate and key as two PEM files with a colon between them, such as hub.pem:hub.key")
}

extension SettingsType where Value == String? {
  /// A path, or nothing.
  static let file = SettingsType(
    placeholder: "FILE",
    parse: { input throws(SettingsMistake) in
      guard let text = input.text, !text.contains("\0") else {
        throw SettingsMistake(message: "\(input.shown) is not a file's name", mend: "give the path of a file as text")
      }
      return text.isEmpty ? nil : text
    },
    show: { $0 ?? "" }, json: { $0.map(JSONText.quoted) ?? "null" })
}
