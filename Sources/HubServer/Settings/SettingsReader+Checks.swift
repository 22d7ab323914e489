// What no value shows by itself: settings that do not fit together or do not fit the machine.

extension SettingsReader {
  mutating func checkTogether() {
    let (settings, machine) = (reading.settings, machine)
    check("host", against: "insecure", isRight: settings.isLoopback || settings.insecure || settings.hasCredentials) {
      SettingsMistake.openDoor(settings.host)
    }
    check(
      "metrics.address", against: "insecure",
      isRight: settings.metrics.isLoopback || settings.insecure || settings.hasCredentials
    ) {
      SettingsMistake.openMetrics
    }
    check(
      "history.room.bytes", against: "history.node.bytes",
      isRight: settings.history.room.bytes <= settings.history.node.bytes
    ) {
      let room = SettingsUnits.text(bytes: settings.history.room.bytes)
      let node = SettingsUnits.text(bytes: settings.history.node.bytes)
      return SettingsMistake(
        message: "one room may keep \(room), more than history.node.bytes lets all rooms keep, \(node)",
        mend: "lower it to \(node) or raise history.node.bytes")
    }
    check("disk.room.bytes", against: "disk.bytes", isRight: settings.disk.room.bytes <= settings.disk.bytes) {
      let room = SettingsUnits.text(bytes: settings.disk.room.bytes)
      let all = SettingsUnits.text(bytes: settings.disk.bytes)
      return SettingsMistake(
        message: "one room may keep \(room) on disk, more than disk.bytes lets the store use, \(all)",
        mend: "lower it to \(all) or raise disk.bytes")
    }
    check(
      "proxies.protocol", against: "proxies.trusted",
      isRight: !settings.proxies.protocol || !settings.proxies.trusted.isEmpty
    ) {
      SettingsMistake(
        message: "no proxy is trusted, so there is none whose PROXY protocol header could be read",
        mend: "name the proxies in proxies.trusted, or turn proxies.protocol off")
    }
    checkTargets()
    checkRedis()
    check("connections", against: "connections", isRight: settings.connections <= machine.connections) {
      SettingsMistake(
        message: "\(settings.connections) is more than the limit of open descriptors, \(machine.descriptors), allows",
        mend: "the most is \(machine.connections); raise the hard limit (ulimit -Hn, LimitNOFILE=) for more")
    }
  }

  /// Whoever is told or asked must be one of the targets.
  private mutating func checkTargets() {
    let settings = reading.settings
    let names = Set(settings.webhooks.targets.map(\.name))
    let mend = names.isEmpty ? "name it in webhooks.targets" : "choose from \(names.sorted().joined(separator: ", "))"
    func mistake(_ target: String, _ inside: String = "") -> SettingsMistake {
      SettingsMistake(message: "\"\(target)\" is none of webhooks.targets", mend: mend, inside: inside)
    }
    for (path, name) in [
      ("webhooks.connections", settings.webhooks.connections),
      ("webhooks.connect.target", settings.webhooks.connect.target),
    ] {
      guard let name else { continue }
      check(path, against: "webhooks.targets", isRight: names.contains(name)) { mistake(name) }
    }
    let strangers = settings.namespaces.enumerated().flatMap { index, namespace in
      [("webhooks", namespace.webhooks?.target), ("backend", namespace.backend?.target)].compactMap { field, name in
        name.flatMap { names.contains($0) ? nil : mistake($0, "[\(index)].\(field).target") }
      }
    }
    guard var first = strangers.first else { return }
    first.further = Array(strangers.dropFirst())
    check("namespaces", against: "webhooks.targets", isRight: false) { first }
  }

  /// Tells a mistake at whichever of two settings somebody set, the first before the second.
  mutating func check(
    _ path: String, against other: String, isRight: Bool, _ mistake: () -> SettingsMistake
  ) {
    guard !isRight, !wrong.contains(path), !wrong.contains(other) else { return }
    let own = reading.origin(of: path)
    report(path, mistake(), at: own == .builtIn ? reading.origin(of: other) : own)
  }
}
