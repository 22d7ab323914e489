public import HubWire

/// Which proxies are believed about whom they speak for.
public struct ProxySettings: Sendable, Equatable {
  /// Addresses and networks that are believed about who the client is. Default: none.
  public var trusted: [IPNetwork] = []
  /// The field in which they name it; the other is not looked at. Default: `x-forwarded-for`.
  public var field = ForwardedField.plain
  /// Whether those begin each connection with a PROXY protocol header, version 1 or 2; one that does not is refused.
  /// Default: false.
  public var `protocol` = false

  public init() {}
}
