import HubWire

/// Which web pages may use the hub, and by which names an open one (no credentials) may be called, so that no page on the
/// web can reach the hub on somebody's laptop.
struct AccessRules: Sendable {
  private let origins: [OriginPattern]
  private let hosts: Set<String>
  /// On an open loopback the `Host` must be a loopback name: a name that an attacker rebinds to 127.0.0.1 is still his name.
  private let checksHost: Bool

  init(_ settings: Settings, isOpen: Bool) {
    origins = settings.allow.origins
    hosts = Set(settings.allow.hosts.map { $0.lowercased() })
    checksHost = isOpen && settings.isLoopback
  }

  /// - Throws: `ORIGIN_NOT_ALLOWED`, naming the host.
  func checkHost(_ authority: String) throws(HubError) {
    guard checksHost, !allowsHost(authority) else { return }
    throw HubError(
      .originNotAllowed, "the host \"\(authority.prefix(100))\" is not this hub's; allow it with --allow-hosts")
  }

  /// - Throws: `ORIGIN_NOT_ALLOWED`, naming the origin.
  func checkOrigin(_ request: HTTPRequest) throws(HubError) {
    let authority = request.host
    for origin in request.fields.values(of: "Origin") where !allowsOrigin(origin, authority: authority) {
      throw HubError(
        .originNotAllowed, "pages of \"\(origin.prefix(100))\" may not use this hub; allow them with --allow-origins")
    }
  }

  private func allowsHost(_ authority: String) -> Bool {
    let host = Self.hostName(authority)
    return Self.loopbackNames.contains(host) || hosts.contains(host) || hosts.contains(authority.lowercased())
  }

  /// Its own page, whatever the scheme (a proxy may end TLS), or one on the list. `null` is nobody's.
  func allowsOrigin(_ origin: String, authority: String) -> Bool {
    let lower = origin.lowercased()
    if lower == "http://\(authority.lowercased())" || lower == "https://\(authority.lowercased())" { return true }
    return origins.contains { $0.matches(origin) }
  }

  private static let loopbackNames: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

  /// The host without the port, in lower case.
  private static func hostName(_ authority: String) -> String {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      return String(authority[...end]).lowercased()
    }
    return authority.prefix { $0 != ":" }.lowercased()
  }
}
