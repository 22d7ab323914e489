import Glibc
import HubServer
import HubWire

/// `roomcast token key`: a new API key and the entry of the settings file that lets it in.
enum TokenKeyCommand {
  private static let scopes = ArgumentOption(
    name: "--scopes", placeholder: "SCOPE,…", help: "what it may do: publish, read, admin; publish,read otherwise")
  private static let rooms = ArgumentOption(
    name: "--rooms", placeholder: "PATTERN", isRepeatable: true,
    help: "a room, or with one * at its end all whose names begin so; may be given again; all rooms otherwise")
  private static let settings = ArgumentOption(
    name: "--settings", placeholder: "FILE",
    help: "write the entry into a new settings file, which only you can read, and print only the key")
  private static let options = [scopes, rooms, settings, .json]

  /// - Parameter words: what follows `key`.
  /// - Returns: the exit code.
  static func run(_ words: [String]) -> Int32 {
    do throws(ArgumentsError) {
      let shape = Arguments.Shape(positionals: ["NAME"])
      let arguments = try Arguments(words, options: options, shape: shape)
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      let key = APIKey.random()
      let entry = try entry(arguments, key)
      return give(key, entry, arguments)
    } catch {
      return error.tell(command: "token key")
    }
  }

  private static func entry(_ arguments: Arguments, _ key: String) throws(ArgumentsError) -> APIKeySettings {
    var problems: [String] = []
    let name = arguments.positionals[0]
    if name.isEmpty || name.utf8.count > 200 || name.contains("\0") { problems.append("NAME has 1 to 200 bytes") }
    var granted: Scopes = []
    for word in (arguments.value(of: scopes) ?? "publish,read").split(separator: ",", omittingEmptySubsequences: false)
    {
      if let scope = Scopes.all.first(where: { $0.name == word }) {
        granted.insert(scope.scope)
      } else {
        problems.append("--scopes: \"\(word)\" is no scope; choose from publish, read, admin")
      }
    }
    var patterns: [RoomPattern] = []
    for text in arguments.values(of: rooms) {
      do throws(HubError) {
        patterns.append(try RoomPattern(text))
      } catch {
        problems.append("--rooms \"\(text)\": \(error.detail)")
      }
    }
    guard problems.isEmpty else { throw ArgumentsError(problems: problems) }
    return APIKeySettings(
      name: name, sha256: APIKey.digest(of: key), scopes: granted, rooms: patterns.isEmpty ? [.all] : patterns)
  }

  private static func give(_ key: String, _ entry: APIKeySettings, _ arguments: Arguments) -> Int32 {
    if let file = arguments.value(of: settings) {
      do throws(TokenCommandError) {
        try create(file, with: "{\n  keys: [\n    \(entry.json),\n  ],\n}\n")
      } catch {
        return error.tell()
      }
    }
    let text: String
    if arguments.has(.json) {
      text = "{\"key\":\"\(key)\",\"entry\":\(entry.json)}"
    } else if arguments.value(of: settings) != nil {
      text = key
    } else {
      text = """
        \(key)

        Give the key to its service now: it is not kept anywhere. The hub knows it by this entry of its settings file:

        { keys: [ \(entry.json) ] }
        """
    }
    return StandardOutput.write(line: text) ? EX_OK : EX_IOERR
  }

  /// A new file that nobody else can read; one that is there already stays as it is.
  private static func create(_ file: String, with text: String) throws(TokenCommandError) {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      let mend = errno == EEXIST ? "; leave --settings out, and put the printed entry into it by hand" : ""
      throw TokenCommandError(
        code: EX_CANTCREAT, message: "\(file) cannot be made: \(String(cString: strerror(errno)))\(mend)")
    }
    var rest = Array(text.utf8)[...]
    var failure: Int32?
    while !rest.isEmpty, failure == nil {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
    }
    if close(descriptor) != 0, failure == nil { failure = errno }
    if let failure {
      unlink(file)
      throw TokenCommandError(
        code: EX_IOERR, message: "\(file) cannot be written: \(String(cString: strerror(failure)))")
    }
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast token key NAME [flags]",
      summary: """
        Makes an API key for a backend service. The hub gets its digest only: several keys may be valid at once, so \
        that a new one can take an old one's place. The service shows the key as Authorization: Bearer KEY.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Arguments", rows: [("NAME", "what people call the key, such as billing")]),
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "the key is printed"), ("64", "wrong call"), ("73", "the settings file is there, or cannot be made"),
            ("74", "nobody reads standard output, or the file cannot be written"),
          ]),
      ])
  }
}
