import HubWire

/// What a reload replaces: the settings that may change while the hub runs, and who may do what under them.
///
/// Immutable. Each worker holds the one in force, so that a request reads it without a lock.
final class Policy: Sendable {
  let settings: Settings
  let access: AccessRules
  let authenticator: Authenticator
  /// What holds for rooms, by their namespaces.
  var namespaces: NamespaceBook { authenticator.namespaces }
  /// How long names may be.
  let names: NameLimits
  /// The services that may be called.
  let targets: HTTPTargets

  /// Reads the files that the settings name.
  ///
  /// - Throws: ``HubStartError`` where a file of keys cannot be used, or where the hub would be open to other machines.
  init(_ settings: Settings) throws(HubStartError) {
    do throws(AuthenticatorError) {
      authenticator = try Authenticator(settings, acceptsCertificates: settings.tls.clientAuthorities != nil)
      targets = try HTTPTargets(settings.webhooks)
    } catch {
      throw HubStartError("\(error)")
    }
    let isReachable = !settings.isLoopback || !settings.metrics.isLoopback
    guard !authenticator.isOpen || !isReachable || settings.insecure else {
      let mistake = settings.isLoopback ? SettingsMistake.openMetrics : SettingsMistake.openDoor(settings.host)
      throw HubStartError("\(mistake.message); \(mistake.mend)")
    }
    names = NameLimits(settings.limits)
    self.settings = settings
    access = AccessRules(settings, isOpen: authenticator.isOpen)
  }
}
