extension SettingsKey {
  /// Groups and keys that a reload (SIGHUP) puts into force; the others wait for a restart.
  private static let reloadable = [
    "keys", "tokens", "namespaces", "webhooks", "limits", "tls", "allow", "proxies.trusted", "proxies.field",
    "log.level",
  ]

  /// Whether a reload puts a new value into force.
  package var isReloadable: Bool {
    Self.reloadable.contains { path == $0 || path.hasPrefix($0 + ".") }
  }
}

/// What reading the settings again has changed.
package struct SettingsChange: Sendable {
  /// The settings that shall be in force: the running ones, with what may be reloaded taken from the new.
  package private(set) var settings: Settings
  /// The key paths that change.
  package private(set) var changed: [String] = []
  /// The key paths that differ and need a restart.
  package private(set) var waiting: [String] = []

  /// - Parameters:
  ///   - running: the settings in force.
  ///   - read: the settings as they were just read.
  package init(from running: Settings, to read: Settings) {
    settings = running
    for key in SettingsKey.table where !key.isSame(running, read) {
      if key.isReloadable {
        key.copy(&settings, read)
        changed.append(key.path)
      } else {
        waiting.append(key.path)
      }
    }
  }
}
