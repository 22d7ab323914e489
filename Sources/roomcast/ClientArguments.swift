import HubClient
import HubServer

/// What the commands that talk to a hub have in common.
enum ClientArguments {
  static let url = ArgumentOption(
    name: "--url", placeholder: "URL", help: "the hub; \(SettingsReader.hubVariable) or \(defaultURL) otherwise")
  static let tokenFile = ArgumentOption(
    name: "--token-file", placeholder: "FILE",
    help: "file with the API key or token to show; \(SettingsReader.tokenVariable) otherwise")
  static let authorities = ArgumentOption(
    name: "--authorities", placeholder: "FILE",
    help: "believe the authorities in a PEM file about an https hub, and no others; "
      + "\(SettingsReader.authoritiesVariable), or those of the system otherwise")
  static let patience = ArgumentOption(
    name: "--patience", placeholder: "SECONDS",
    help:
      "how long to wait for a connection or an answer, and longer than the hub's ping for a sign of life; 10 otherwise")
  static let options = [url, tokenFile, authorities, patience]
  private static let defaultURL = "http://127.0.0.1:8080"

  /// The hub that a command line means, with what it shows, believes and waits for.
  ///
  /// - Throws: what is wrong.
  static func hub(_ arguments: Arguments, _ environment: [String: String]) throws(ArgumentsError) -> Roomcast {
    var options = Roomcast.Options()
    if let authorities = try authorities(arguments, environment) { options.authorities = authorities }
    if let patience = try patience(arguments) {
      options.patience = patience
      options.answerTime = patience
    }
    let url = try url(arguments, environment)
    return Roomcast(url: url, credential: try credential(arguments, environment), options: options)
  }

  /// Whom it believes about an https hub; nil for the system's.
  ///
  /// - Throws: what is wrong with their file.
  static func authorities(
    _ arguments: Arguments, _ environment: [String: String]
  ) throws(ArgumentsError) -> Authorities? {
    guard let file = authoritiesFile(arguments, environment) else { return nil }
    do throws(AuthoritiesError) {
      return try Authorities(file: file)
    } catch {
      let origin = arguments.value(of: authorities) != nil ? "--authorities" : SettingsReader.authoritiesVariable
      throw ArgumentsError(problems: ["\(origin): \(error)"])
    }
  }

  /// The name of their file.
  static func authoritiesFile(_ arguments: Arguments, _ environment: [String: String]) -> String? {
    let variable = environment[SettingsReader.authoritiesVariable].flatMap { $0.isEmpty ? nil : $0 }
    return arguments.value(of: authorities) ?? variable
  }

  private static func patience(_ arguments: Arguments) throws(ArgumentsError) -> Duration? {
    guard let text = arguments.value(of: patience) else { return nil }
    guard let seconds = Double(text), (0.1...3_600).contains(seconds) else {
      throw ArgumentsError(problems: ["--patience \"\(text)\" is not a time; give 0.1 to 3600 seconds"])
    }
    return .milliseconds(Int64(seconds * 1_000))
  }

  /// Its URL alone.
  ///
  /// - Throws: what is wrong with it.
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
