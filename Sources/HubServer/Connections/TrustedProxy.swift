import HubWire

/// A trusted proxy at the other end of a connection, and what it is believed.
///
/// An object, because most connections have none, and one pointer is all they pay.
final class TrustedProxy {
  /// From where the fields of a request are read backwards: the proxy, or the nearer one that it relays.
  let address: IPAddress
  /// Each of its connections begins with a PROXY protocol header.
  let owesHeader: Bool

  private init(address: IPAddress, owesHeader: Bool) {
    self.address = address
    self.owesHeader = owesHeader
  }

  /// Nil where the peer is not trusted.
  convenience init?(_ peer: IPAddress, _ settings: ProxySettings) {
    guard !settings.trusted.isEmpty, settings.trusted.contain(peer) else { return nil }
    self.init(address: peer, owesHeader: settings.protocol)
  }

  /// Whoever its header names, as the new end of the connection; nil where that is a client. So a client cannot name
  /// itself by fields behind a proxy that relays bytes and never looks at them.
  static func relayed(_ source: IPAddress?, _ settings: ProxySettings) -> TrustedProxy? {
    guard let source, settings.trusted.contain(source) else { return nil }
    return TrustedProxy(address: source, owesHeader: false)
  }
}
