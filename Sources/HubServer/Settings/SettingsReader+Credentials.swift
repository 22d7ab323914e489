import HubIO
import HubWire

// What is wrong with keys: their files are read and prepared as a hub would do it, so that a check finds what a start
// would.

extension SettingsReader {
  mutating func checkCredentials(readFile: (String) throws -> [UInt8]) {
    do throws(AuthenticatorError) {
      _ = try Authenticator(reading.settings, readFile: readFile)
    } catch {
      for problem in error.problems {
        let mistake = SettingsMistake(message: problem.message, mend: problem.mend, inside: problem.inside)
        report(problem.key, mistake, at: reading.origin(of: problem.key))
      }
    }
    warnOfSecrets(readFile: readFile)
  }

  private mutating func warnOfSecrets(readFile: (String) throws -> [UInt8]) {
    var isSecretInFile = false
    for (index, key) in reading.settings.tokens.keys.enumerated() {
      switch key.material {
      case .secret: isSecretInFile = true
      case .secretFile(let file): warn("tokens.keys", inside: "[\(index)].secretFile", SecretFile.mistake(file))
      case .publicKeyFile: continue
      }
    }
    if isSecretInFile, let file = reading.file { warn("tokens.keys", SecretFile.mistake(file)) }
    if let file = reading.settings.tokens.jwks, let bytes = try? readFile(file),
      let set = try? JSONWebKeySet(bytes), set.keys.contains(where: \.isSecret)
    {
      warn("tokens.jwks", SecretFile.mistake(file))
    }
  }

  /// Tells of something that a hub can run with.
  mutating func warn(_ path: String, inside: String = "", _ mistake: SettingsMistake?) {
    guard let mistake else { return }
    reading.warnings.append(
      SettingsProblem(
        origin: reading.origin(of: path), key: path + inside, message: mistake.message, mend: mistake.mend))
  }
}
