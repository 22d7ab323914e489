extension SettingsMistake {
  /// What is wrong with metrics that other machines reach, of a hub that asks nobody who they are.
  static let openMetrics = SettingsMistake(
    message: "the metrics can be reached from other machines, and no credentials are configured",
    mend: "make a key with the scope `admin`, give metrics.address an address of this machine alone such as "
      + "127.0.0.1:9090, or let everyone in with --insecure")

  /// What is wrong with a hub that other machines reach and that asks nobody who they are, and commands that mend it.
  static func openDoor(_ host: String) -> SettingsMistake {
    SettingsMistake(
      message: "\(host) can be reached from other machines, and no credentials are configured",
      mend: "make a key and settings that know it: `roomcast token key backend --settings roomcast.json5 && "
        + "roomcast serve --host \(host) --settings roomcast.json5`, or let everyone in who reaches the address: "
        + "`roomcast serve --host \(host) --insecure`")
  }
}
