import HubWire

/// Reads and prepares the keys that the settings name, and notes all that is wrong with them.
struct TokenKeyReader {
  private(set) var keys: [TokenKey] = []
  private(set) var problems: [AuthenticatorError.Problem] = []

  init(_ settings: TokenSettings, readFile: (String) throws -> [UInt8]) {
    for (index, key) in settings.keys.enumerated() { read(key, "[\(index)]", readFile) }
    if let file = settings.jwks { read(set: file, readFile) }
  }

  private mutating func read(_ settings: TokenKeySettings, _ place: String, _ readFile: (String) throws -> [UInt8]) {
    var inside = place
    do throws(SignatureKeyError) {
      let key: SignatureKey
      switch settings.material {
      case .secret(let secret):
        inside += ".secret"
        key = try SignatureKey(secret: Array(secret.revealed.utf8))
      case .secretFile(let file):
        inside += ".secretFile"
        key = try SignatureKey(secret: Self.withoutLineBreak(try Self.bytes(of: file, readFile)))
      case .publicKeyFile(let file):
        inside += ".publicKeyFile"
        key = try SignatureKey(settings.algorithm, publicKeyPEM: try Self.bytes(of: file, readFile))
      }
      keys.append(TokenKey(id: settings.id, key: key))
    } catch {
      note("tokens.keys", inside, error)
    }
  }

  private mutating func read(set file: String, _ readFile: (String) throws -> [UInt8]) {
    do throws(SignatureKeyError) {
      let bytes = try Self.bytes(of: file, readFile)
      let set: JSONWebKeySet
      do throws(HubError) {
        set = try JSONWebKeySet(bytes)
      } catch {
        throw SignatureKeyError(message: "\(file): \(error.detail)", mend: "name a JSON Web Key Set (RFC 7517)")
      }
      for key in set.keys { add(key, of: file) }
    } catch {
      note("tokens.jwks", "", error)
    }
  }

  private mutating func add(_ key: JSONWebKey, of file: String) {
    do throws(SignatureKeyError) {
      if let id = key.keyID, keys.contains(where: { $0.id == id }) {
        throw SignatureKeyError(message: "a key of tokens.keys has this kid too", mend: "give each its own")
      }
      keys.append(TokenKey(id: key.keyID, key: try SignatureKey(key)))
    } catch {
      let name = key.keyID.map { "the key \"\($0.prefix(80))\"" } ?? "a key without kid"
      note(
        "tokens.jwks", "", SignatureKeyError(message: "\(file): \(name): \(error.message)", mend: error.mend))
    }
  }

  private mutating func note(_ key: String, _ inside: String, _ error: SignatureKeyError) {
    problems.append(
      AuthenticatorError.Problem(key: key, inside: inside, message: error.message, mend: error.mend))
  }

  static func bytes(
    of file: String, _ readFile: (String) throws -> [UInt8]
  ) throws(SignatureKeyError) -> [UInt8] {
    do {
      return try readFile(file)
    } catch {
      throw SignatureKeyError(message: "\(file) cannot be read: \(error)", mend: "name a file that this user may read")
    }
  }

  /// The line break that editors and `openssl rand -hex` put at the end is no part of the secret.
  static func withoutLineBreak(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.last == UInt8(ascii: "\n") else { return bytes }
    let end = bytes.dropLast()
    return Array(end.last == UInt8(ascii: "\r") ? end.dropLast() : end)
  }
}
