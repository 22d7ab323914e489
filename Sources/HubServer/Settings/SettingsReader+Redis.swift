import HubIO
import HubWire

// What does not fit together in the settings of the engine `redis:`. Those of engines that are not chosen say nothing.

extension SettingsReader {
  mutating func checkRedis() {
    guard case .redis(let addresses) = reading.settings.engine else { return }
    let redis = reading.settings.redis
    check(
      "redis.fallback", against: "redis.journal.directory",
      isRight: redis.fallback != .journal || redis.journal.directory != nil
    ) {
      SettingsMistake(
        message: "the fallback journal has no directory to keep events in",
        mend: "name one in redis.journal.directory, for this node alone")
    }
    check("redis.cluster", against: "redis.sentinel", isRight: !redis.cluster || redis.sentinel == nil) {
      SettingsMistake(
        message: "a Redis Cluster elects its masters itself, without Sentinels", mend: "keep one of the two")
    }
    let places = addresses.map(\.place)
    check("engine", against: "engine", isRight: Set(places).count == places.count) {
      let twice = places.first { place in places.count { $0 == place } > 1 } ?? ""
      return SettingsMistake(message: "\(twice) is named twice", mend: "name each server once")
    }
    check(
      "redis.cluster", against: "engine", isRight: !redis.cluster || addresses.allSatisfy { $0.database == 0 }
    ) {
      SettingsMistake(
        message: "an address names a database, and a Redis Cluster has 0 alone", mend: "leave databases out of engine")
    }
    check("engine", against: "engine", isRight: redis.cluster || Set(addresses.map(\.database)).count == 1) {
      SettingsMistake(
        message: "the addresses name several databases, and one is used on all servers",
        mend: "give all addresses the same database")
    }
    check("engine", against: "engine", isRight: Set(addresses.map(\.isEncrypted)).count == 1) {
      SettingsMistake(
        message: "some addresses are encrypted and others are not",
        mend: "begin all of them with rediss://, or all with redis://")
    }
    check(
      "redis.passwordFile", against: "engine",
      isRight: redis.passwordFile == nil || addresses.contains { $0.password == nil }
    ) {
      SettingsMistake(message: "every address has a password of its own", mend: "keep redis.passwordFile alone")
    }
  }

  /// Reads the password's file as a start would, and tells who else can read a password.
  mutating func checkRedisSecrets(readFile: (String) throws -> [UInt8]) {
    guard case .redis(let addresses) = reading.settings.engine else { return }
    do throws(AuthenticatorError) {
      _ = try reading.settings.redisServers(readFile: readFile)
    } catch {
      report(error)
    }
    if let file = reading.settings.redis.passwordFile { warn("redis.passwordFile", SecretFile.mistake(file)) }
    guard addresses.contains(where: { $0.password != nil }) else { return }
    switch reading.origin(of: "engine") {
    case .argument:
      warn(
        "engine",
        SettingsMistake(
          message: "others can see the password of Redis in the list of processes",
          mend: "put it into redis.passwordFile, the settings file or ROOMCAST_ENGINE"))
    case .file(let name, _): warn("engine", SecretFile.mistake(name))
    case .environment, .builtIn: break
    }
  }
}

extension Settings {
  /// The servers of the engine `redis:`, each with whom to log in as and with what; none for another engine.
  ///
  /// - Throws: what is wrong with the password's file.
  package func redisServers(
    readFile: (String) throws -> [UInt8] = SettingsFile.bytes(of:)
  ) throws(AuthenticatorError) -> [RedisAddress] {
    guard case .redis(let addresses) = engine else { return [] }
    var password: HiddenText?
    if let file = redis.passwordFile {
      do throws(SignatureKeyError) {
        password = try Self.password(TokenKeyReader.withoutLineBreak(try TokenKeyReader.bytes(of: file, readFile)))
      } catch {
        throw AuthenticatorError(problems: [
          AuthenticatorError.Problem(key: "redis.passwordFile", message: error.message, mend: error.mend)
        ])
      }
    }
    return addresses.map { address in
      var address = address
      address.user = address.user ?? (redis.user.isEmpty ? nil : redis.user)
      address.password = address.password ?? password
      return address
    }
  }

  private static func password(_ bytes: [UInt8]) throws(SignatureKeyError) -> HiddenText {
    guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty, bytes.count <= 4_096 else {
      throw SignatureKeyError(
        message: "the file does not hold a password of 1 to 4096 bytes", mend: "write the password alone into it")
    }
    return HiddenText(text)
  }
}
