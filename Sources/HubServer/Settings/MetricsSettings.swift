/// Where the metrics are read.
public struct MetricsSettings: Sendable, Equatable {
  /// A listener of its own for `/metrics`, `/health` and `/ready`, as a monitor's network sees it. Default: none, and the
  /// metrics are with everything else.
  public var address: ListenAddress?

  public init() {}

  /// Whether only this machine can reach them there.
  public var isLoopback: Bool { address.map { HostName.isLoopback($0.host) } ?? true }
}

/// An address and a port to listen on.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
  /// An address or name, IPv6 without brackets.
  public var host: String
  /// 0 takes a free one.
  public var port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Nil where the text is not `HOST:PORT`; an IPv6 address needs its brackets.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = SettingsUnits.digits(text[text.index(after: colon)...]),
      let port = UInt16(exactly: port)
    else { return nil }
    let host = String(text[..<colon])
    guard HostName.isValid(host), !host.contains(":") || host.hasPrefix("[") else { return nil }
    self.init(host: HostName.withoutBrackets(host), port: port)
  }

  /// As it is written in settings.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
