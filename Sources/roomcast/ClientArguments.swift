import HubClient
import HubServer

/// What the commands that talk to a hub have in common.
enum ClientArguments {
  static let url = ArgumentOption(
    name: "--url", placeholder: "URL", help: "the hub; \(SettingsReader.hubVariable) or \(defaultURL) otherwise")
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
}
