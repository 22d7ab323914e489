import HubClient
import HubServer

/// What the commands that talk to a hub have in common.
enum ClientArguments {
  static let url = ArgumentOption(
    name: "--url", placeholder: "URL", help: "the hub; \(SettingsReader.hubVariable) or \(defaultURL) otherwise")
  static let tokenFile = ArgumentOption(
    name: "--token-file", placeholder: "FILE",
    help: "file with the API key or token to show; \(SettingsReader.tokenVariable) otherwise")
  private static let defaultURL = "http://127.0.0.1:8080"

  /// The hub that a command line means.
  ///
  /// - Throws: what is wrong with its URL.
  static func url(_ arguments: Arguments, _ environment: [String: String]) throws(ArgumentsError) -> HubURL {
    let flag = arguments.value(of: url)
    let variable = environment[SettingsReader.hubVariable].flatMap { $0.isEmpty ? nil : $0 }
    do throws(HubURLError) {
      return try HubURL(flag ?? variable ?? defaultURL)
    } catch {
      let origin = flag != nil ? "--url" : SettingsReader.hubVariable
      throw ArgumentsError(problems: ["\(origin): \(error)"])
    }
  }

  /// The API key or token that a command line means: from a file or the environment, never from a flag, which everybody
  /// on the machine could read.
  ///
  /// - Throws: what is wrong with it, without repeating it.
  static func credential(
    _ arguments: Arguments, _ environment: [String: String]
  ) throws(ArgumentsError) -> Credential? {
    let variable = SettingsReader.tokenVariable
    guard let file = arguments.value(of: tokenFile) else {
      guard let text = environment[variable], !text.isEmpty else { return nil }
      return try credential(text, of: variable)
    }
    let bytes: [UInt8]
    do {
      bytes = try SettingsFile.bytes(of: file)
    } catch {
      throw ArgumentsError(problems: ["--token-file: \(file) cannot be read: \(error)"])
    }
    let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    let text = bytes.drop(while: blanks.contains).reversed().drop(while: blanks.contains).reversed()
    return try credential(String(decoding: Array(text), as: UTF8.self), of: "--token-file: \(file)")
  }

  private static func credential(_ text: String, of origin: String) throws(ArgumentsError) -> Credential {
    do throws(CredentialError) {
      return try Credential(text)
    } catch {
      throw ArgumentsError(problems: ["\(origin) holds no API key or token: \(error)"])
    }
  }
}
