import HubIO
import HubRooms

extension Hub {
  /// Puts new settings into force: keys, tokens, namespaces, limits, certificates, origins and the log level, all of them
  /// or none. No connection is dropped, but streams end whose credential is gone.
  ///
  /// What else differs is named in the log and waits for a restart.
  ///
  /// - Throws: ``HubStartError`` where the new settings cannot be used; then nothing has changed.
  public func reload(_ settings: Settings) async throws(HubStartError) {
    var settings = settings
    if isInherited {
      settings.host = policy.settings.host
      settings.port = policy.settings.port
    }
    let change = SettingsChange(from: policy.settings, to: settings)
    let policy = try Policy(change.settings)
    let certificates = try prepareCertificates(change.settings.tls)
    adopt(policy)
    node.admission.adopt(change.settings.limits)
    node.publishRates.adopt(change.settings.limits)
    node.webhooks?.adopt(policy)
    if let certificates { node.tls?.adopt(certificates) }
    log.level = change.settings.log.level
    node.engine.adopt { policy.namespaces.rules(for: $0) }
    for worker in workers { await worker.perform { $0.adopt(policy) } }
    log.info("reloaded", [LogField("changed", change.changed.joined(separator: " "))])
    if !change.waiting.isEmpty {
      log.warning("these settings need a restart", [LogField("settings", change.waiting.joined(separator: " "))])
    }
  }

  /// Read anew with each reload, since files change under the same name.
  private func prepareCertificates(_ settings: TLSSettings) throws(HubStartError) -> TLSContext.Prepared? {
    do throws(TLSError) {
      let prepared = try TLSContext.prepare(settings)
      if (prepared == nil) == (node.tls == nil) { return prepared }
    } catch {
      throw HubStartError("\(error)")
    }
    throw HubStartError("tls.certificates: TLS is switched on and off by a restart only")
  }
}
