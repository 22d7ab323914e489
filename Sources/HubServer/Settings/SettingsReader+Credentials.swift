import HubIO
import HubWire

// What is wrong with keys: their files are read and prepared as a hub would do it, so that a check finds what a start
// would.

extension SettingsReader {
  mutating func checkCredentials(readFile: (String) throws -> [UInt8]) {
    do throws(AuthenticatorError) {
      _ = try Authenticator(reading.settings, readFile: readFile)
    } catch {
      report(error)
    }
    do throws(AuthenticatorError) {
      _ = try HTTPTargets(reading.settings.webhooks, readFile: readFile)
    } catch {
      report(error)
    }
    warnOfSecrets(readFile: readFile)
    checkRedisSecrets(readFile: readFile)
  }

  mutating func report(_ error: AuthenticatorError) {
    for problem in error.problems {
      let mistake = SettingsMistake(message: problem.message, mend: problem.mend, inside: problem.inside)
      report(problem.key, mistake, at: reading.origin(of: problem.key))
    }
  }

  private mutating func warnOfSecrets(readFile: (String) throws -> [UInt8]) {
    var keysWithSecrets: [String] = []
    for (index, key) in reading.settings.tokens.keys.enumerated() {
      switch key.material {
      case .secret: keysWithSecrets.append("tokens.keys")
      case .secretFile(let file): warn("tokens.keys", inside: "[\(index)].secretFile", SecretFile.mistake(file))
      case .publicKeyFile: continue
      }
    }
    for (index, target) in reading.settings.webhooks.targets.enumerated() {
      switch target.secret {
      case .text: keysWithSecrets.append("webhooks.targets")
      case .file(let file): warn("webhooks.targets", inside: "[\(index)].secretFile", SecretFile.mistake(file))
      }
    }
    if let key = keysWithSecrets.first, let file = reading.file { warn(key, SecretFile.mistake(file)) }
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
