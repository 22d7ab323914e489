import Glibc
import HubIO
import HubServer
import HubWire

/// `roomcast token jwt`: a signed token for one client.
enum TokenJWTCommand {
  static let user = ArgumentOption(name: "--user", placeholder: "USER", help: "whom the token stands for (sub)")
  static let subscribe = ArgumentOption(
    name: "--subscribe", placeholder: "PATTERN", isRepeatable: true,
    help: "rooms it may subscribe to: a name, or with one * at its end many; may be given again")
  static let publish = ArgumentOption(
    name: "--publish", placeholder: "PATTERN", isRepeatable: true, help: "rooms it may publish into, likewise")
  static let presence = ArgumentOption(
    name: "--presence", placeholder: "PATTERN", isRepeatable: true, help: "rooms it may be seen in, likewise")
  static let room = ArgumentOption(
    name: "--room", placeholder: "ROOM", isRepeatable: true,
    help: "a room that the hub subscribes the client to at once; may be given again")
  static let expires = ArgumentOption(
    name: "--expires", placeholder: "TIME", help: "how long it is valid, such as 15m or 24h; 1h otherwise")
  static let issuer = ArgumentOption(name: "--issuer", placeholder: "TEXT", help: "who issues it (iss)")
  static let audience = ArgumentOption(
    name: "--audience", placeholder: "TEXT", isRepeatable: true, help: "whom it is meant for (aud)")
  private static let keyID = ArgumentOption(
    name: "--kid", placeholder: "KID", help: "what the hub calls the key, where it has several")
  private static let algorithm = ArgumentOption(
    name: "--algorithm", placeholder: "NAME",
    help: "HS256, RS256, ES256 or EdDSA: refuse to sign with a key for another one")
  private static let secretFile = ArgumentOption(
    name: "--secret-file", placeholder: "FILE", help: "sign with the secret in this file (HS256)")
  private static let privateKey = ArgumentOption(
    name: "--private-key", placeholder: "FILE", help: "sign with this private key in PEM form (RSA, P-256, Ed25519)")
  private static let options = [
    user, subscribe, publish, presence, room, expires, issuer, audience, keyID, algorithm, secretFile, privateKey,
    .json,
  ]

  /// - Parameter words: what follows `jwt`.
  /// - Returns: the exit code.
  static func run(_ words: [String]) -> Int32 {
    do throws(ArgumentsError) {
      let arguments = try Arguments(words, options: options)
      if arguments.has(.help) {
        print(help.text, terminator: "")
        return EX_OK
      }
      let order = try TokenOrder(arguments, now: Int64(time(nil)))
      let file = try keyFile(arguments)
      let wanted = try wantedAlgorithm(arguments)
      return sign(order, file, wanted, arguments)
    } catch {
      return error.tell(command: "token jwt")
    }
  }

  private static func sign(
    _ order: TokenOrder, _ file: (name: String, isSecret: Bool), _ wanted: SignatureAlgorithm?, _ arguments: Arguments
  ) -> Int32 {
    do throws(TokenCommandError) {
      let key = try signingKey(file.name, isSecret: file.isSecret)
      if let wanted, wanted != key.algorithm {
        throw TokenCommandError(
          code: EX_DATAERR, message: "\(file.name) is a key for \(key.algorithm.rawValue), not for \(wanted.rawValue)")
      }
      let token = key.token(claims: order.claims, keyID: arguments.value(of: keyID))
      try checkAsHub(token)
      let line: [UInt8] =
        arguments.has(.json)
        ? JSONWriter.object { json in
          json.member("token", token)
          json.member("claims", raw: order.claims)
        } : Array(token.utf8)
      return StandardOutput.write(line: line) ? EX_OK : EX_IOERR
    } catch {
      return error.tell()
    }
  }

  /// A hub has limits on what a token may say, and is not there to tell.
  private static func checkAsHub(_ token: String) throws(TokenCommandError) {
    do throws(HubError) {
      _ = try JSONWebToken(Array(token.utf8)).claims()
    } catch {
      throw TokenCommandError(code: EX_DATAERR, message: "no hub would take this token: \(error.detail)")
    }
  }

  private static func signingKey(_ file: String, isSecret: Bool) throws(TokenCommandError) -> SigningKey {
    let bytes: [UInt8]
    do {
      bytes = try SettingsFile.bytes(of: file)
    } catch {
      throw TokenCommandError(code: EX_NOINPUT, message: "\(file) cannot be read: \(error)")
    }
    if SecretFile.isReadableByOthers(file) {
      StandardError.write(
        "roomcast token: warning: others can read \(file), which holds a secret; \(SecretFile.mend(file))")
    }
    do throws(SignatureKeyError) {
      return isSecret ? try SigningKey(secret: bytes) : try SigningKey(privateKeyPEM: bytes)
    } catch {
      throw TokenCommandError(code: EX_DATAERR, message: "\(file): \(error.message); \(error.mend)")
    }
  }

  private static func keyFile(_ arguments: Arguments) throws(ArgumentsError) -> (name: String, isSecret: Bool) {
    switch (arguments.value(of: secretFile), arguments.value(of: privateKey)) {
    case (let file?, nil): return (file, true)
    case (nil, let file?): return (file, false)
    case (nil, nil): throw ArgumentsError(problems: ["a key is missing; name --secret-file or --private-key"])
    default: throw ArgumentsError(problems: ["--secret-file and --private-key are two keys; name one"])
    }
  }

  private static func wantedAlgorithm(_ arguments: Arguments) throws(ArgumentsError) -> SignatureAlgorithm? {
    guard let name = arguments.value(of: algorithm) else { return nil }
    guard let wanted = SignatureAlgorithm(rawValue: name) else {
      throw ArgumentsError(problems: ["--algorithm \"\(name)\" is none; choose from HS256, RS256, ES256, EdDSA"])
    }
    return wanted
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast token jwt --user USER [flags]",
      summary: """
        Makes a signed token (JWT) for one client and prints it. Backend services sign their own, with the same claims: \
        this one is for trying out and for scripts.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows(options + [.help])),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "the token is printed"), ("64", "wrong call"),
            ("65", "the key or the claims are none that a hub takes"),
            ("66", "the key cannot be read"), ("74", "nobody reads standard output any more"),
          ]),
      ])
  }
}
