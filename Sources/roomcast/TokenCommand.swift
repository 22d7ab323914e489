import Glibc
import HubServer

/// `roomcast token`: makes the API keys of services and the tokens of clients.
enum TokenCommand {
  private static let usage = """
    Usage: roomcast token key NAME [flags]
           roomcast token jwt --user USER [flags]

    Makes what the users of a hub show to be let in.

      key   an API key for a backend service, and the entry by which the hub knows it
      jwt   a signed token for one client, for trying out what a backend service will sign itself

    `roomcast token key --help` and `roomcast token jwt --help` say more.

    """

  /// - Parameter words: what follows `token`.
  /// - Returns: the exit code.
  static func run(_ words: [String]) -> Int32 {
    switch words.first {
    case "key": return TokenKeyCommand.run(Array(words.dropFirst()))
    case "jwt": return TokenJWTCommand.run(Array(words.dropFirst()))
    case "--help", "-h", "help":
      print(usage, terminator: "")
      return EX_OK
    case nil:
      StandardError.write(usage)
      return EX_USAGE
    case let word?:
      StandardError.write("roomcast token: there is no kind \"\(word)\"; it is key or jwt")
      return EX_USAGE
    }
  }
}

/// Something that stands in the way although the call is right.
struct TokenCommandError: Error {
  /// By sysexits.h.
  let code: Int32
  let message: String

  /// Tells it on standard error; returns the exit code.
  func tell() -> Int32 {
    StandardError.write("roomcast token: \(message)")
    return code
  }
}
