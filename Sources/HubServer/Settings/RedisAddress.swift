import HubWire

/// Where a Redis server is: `redis://USER:PASSWORD@HOST:PORT/DATABASE`, or `rediss://…` for TLS.
public struct RedisAddress: Sendable, Hashable, CustomStringConvertible {
  /// The port that Redis has by itself.
  public static let usualPort = 6379

  /// A name or number, IPv6 without its brackets.
  public var host: String
  public var port: Int
  /// The number of the database; shards and Redis Cluster have 0.
  public var database: Int
  /// Whom the hub logs in as; nil for `redis.user`.
  public var user: String?
  /// With what; nil for what is in `redis.passwordFile`.
  public var password: HiddenText?
  /// Whether the connection is encrypted.
  public var isEncrypted: Bool

  public init(
    host: String, port: Int = usualPort, database: Int = 0, user: String? = nil, password: HiddenText? = nil,
    isEncrypted: Bool = false
  ) {
    self.host = host
    self.port = port
    self.database = database
    self.user = user
    self.password = password
    self.isEncrypted = isEncrypted
  }

  /// As it is written in settings, but for the password.
  public var description: String {
    var login = user.map { PercentEncoding.encode($0) } ?? ""
    if let password { login += ":\(password)" }
    return (isEncrypted ? "rediss://" : "redis://") + (login.isEmpty ? "" : login + "@") + place
      + (database == 0 ? "" : "/\(database)")
  }

  /// Host and port alone.
  public var place: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension RedisAddress {
  /// Whether a text is meant to be one or several of these.
  static func isMeant(by text: String) -> Bool { text.hasPrefix("redis:") || text.hasPrefix("rediss:") }

  /// - Throws: what is wrong with the text, and what mends it. Nothing of it is repeated: it may hold a password.
  init(_ text: Substring) throws(RedisAddressError) {
    guard let scheme = ["redis://", "rediss://"].first(where: text.hasPrefix) else {
      throw RedisAddressError("an address does not begin with redis:// or rediss://")
    }
    let rest = text.dropFirst(scheme.utf8.count)
    // A password may hold any character that a URL may, an @ too where somebody forgot to escape it.
    let at = rest.lastIndex(of: "@")
    let behind = at.map { rest[rest.index(after: $0)...] } ?? rest
    let place = behind.prefix { $0 != "/" }
    let path = behind.dropFirst(place.count)
    let (host, port) = try Self.split(place)
    var database: Int? = 0
    if path.count > 1 { database = SettingsUnits.digits(path.dropFirst()).flatMap { 0...65_535 ~= $0 ? $0 : nil } }
    guard let database else { throw RedisAddressError("what follows the host is no number of a database") }
    self.init(host: host, port: port, database: database, isEncrypted: scheme == "rediss://")
    if let at { (user, password) = try Self.login(rest[..<at]) }
  }

  private static func login(_ text: Substring) throws(RedisAddressError) -> (String?, HiddenText?) {
    let name = text.prefix { $0 != ":" }
    guard let user = PercentEncoding.decode(name) else {
      throw RedisAddressError("the user has an escape that is none; % is written %25")
    }
    guard name.count < text.count else { return (user.isEmpty ? nil : user, nil) }
    guard let password = PercentEncoding.decode(text.dropFirst(name.count + 1)), !password.isEmpty else {
      throw RedisAddressError("the password is empty, or has an escape that is none; % is written %25")
    }
    return (user.isEmpty ? nil : user, HiddenText(password))
  }

  private static func split(_ place: Substring) throws(RedisAddressError) -> (String, Int) {
    let end = place.hasPrefix("[") ? place.firstIndex(of: "]").map(place.index(after:)) : place.firstIndex(of: ":")
    let host = String(place[..<(end ?? place.endIndex)])
    let digits = end.map { place[$0...] } ?? ""
    guard HostName.isValid(host), digits.isEmpty || digits.hasPrefix(":") else {
      throw RedisAddressError("an address names no host")
    }
    guard !digits.isEmpty else { return (HostName.withoutBrackets(host), usualPort) }
    guard let port = SettingsUnits.digits(digits.dropFirst()), 1...65_535 ~= port else {
      throw RedisAddressError("the port is not a number from 1 to 65535")
    }
    return (HostName.withoutBrackets(host), port)
  }
}

/// What is wrong with the address of a Redis server.
struct RedisAddressError: Error, Equatable {
  let message: String

  init(_ message: String) {
    self.message = message
  }
}
