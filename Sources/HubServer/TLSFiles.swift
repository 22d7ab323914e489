import HubIO

extension TLSContext {
  /// Reads and checks what the settings name; nil where they leave connections plain. Blocks while it reads.
  static func prepare(_ settings: TLSSettings) throws(TLSError) -> Prepared? {
    guard settings.isOn else {
      guard settings.clientAuthorities == nil else {
        throw TLSError(["client certificates need TLS, and tls.certificates is empty"])
      }
      return nil
    }
    return try prepare(
      TLSConfiguration(
        pairs: settings.certificates.map { TLSConfiguration.Pair(certificate: $0.certificate, key: $0.key) },
        minimum: settings.minimum == .tls13 ? .tls13 : .tls12, clientAuthorities: settings.clientAuthorities,
        handshakes: settings.handshakes))
  }
}

extension SettingsReading {
  /// Looks into the files that the settings name: what is wrong there joins the problems, what should not stay so the
  /// warnings. Blocks while it reads.
  public mutating func checkFiles() {
    let path = settings.tls.isOn ? "tls.certificates" : "tls.clientAuthorities"
    func problem(_ message: String, mend: String) -> SettingsProblem {
      SettingsProblem(origin: origin(of: path), key: path, message: message, mend: mend)
    }
    do throws(TLSError) {
      guard let prepared = try TLSContext.prepare(settings.tls) else { return }
      warnings += prepared.warnings.map { problem($0, mend: "the hub starts nevertheless") }
    } catch {
      problems += error.problems.map { problem($0, mend: "name files that are right") }
    }
  }
}
