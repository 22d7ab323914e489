/// An origin (RFC 6454) whose pages may use the hub, or all below one domain: `https://*.example.org`.
public struct OriginPattern: Hashable, Sendable, CustomStringConvertible {
  /// The pattern as origins are compared: lower case, without the scheme's default port.
  public let text: String
  /// For `https://*.example.org:8443`, what goes before and after the sub-domain: `https://` and `.example.org:8443`.
  private let wildcard: (prefix: String, suffix: String)?

  /// Takes `SCHEME://HOST[:PORT]`, and over HTTPS also a host that begins with `*.`; nil for anything else.
  public init?(_ pattern: String) {
    let lower = pattern.lowercased()
    guard let schemeEnd = Self.endOfScheme(lower) else { return nil }
    let scheme = lower[..<schemeEnd]
    var authority = lower[schemeEnd...].dropFirst(3)
    let isWildcard = authority.hasPrefix("*.")
    if isWildcard {
      guard scheme == "https" else { return nil }
      authority = authority.dropFirst(2)
    }
    guard let canonical = Self.canonical(authority, scheme: scheme) else { return nil }
    if isWildcard {
      // One label would be a whole top-level domain.
      guard canonical.contains("."), !canonical.hasPrefix("[") else { return nil }
      wildcard = ("https://", "." + canonical)
      text = "https://*." + canonical
    } else {
      wildcard = nil
      text = "\(scheme)://\(canonical)"
    }
  }

  /// Whether the value of an `Origin` field is let in; `null` never is.
  public func matches(_ origin: String) -> Bool {
    guard let asked = OriginPattern(origin), asked.wildcard == nil else { return false }
    guard let wildcard else { return asked.text == text }
    return asked.text.hasPrefix(wildcard.prefix) && asked.text.hasSuffix(wildcard.suffix)
  }

  public var description: String { text }

  public static func == (left: Self, right: Self) -> Bool { left.text == right.text }

  public func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// Where `://` begins, after a scheme of RFC 3986 section 3.1.
  private static func endOfScheme(_ text: String) -> String.Index? {
    guard let end = text.firstIndex(of: ":"), text[end...].hasPrefix("://"), let first = text.first else { return nil }
    let isScheme = text[..<end].allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber || "+-.".contains(character))
    }
    return isScheme && first.isLetter ? end : nil
  }

  /// The host and port as browsers send them, or nil where they are not valid.
  private static func canonical(_ authority: Substring, scheme: Substring) -> String? {
    var host = authority
    var port: Int?
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        (1...65_535).contains(number)
      else { return nil }
      port = number
      host = authority[..<colon]
    }
    guard host.hasPrefix("[") || !host.contains(":"), HostName.isValid(String(host)) else { return nil }
    let isDefault = (scheme == "https" && port == 443) || (scheme == "http" && port == 80)
    guard let port, !isDefault else { return String(host) }
    return "\(host):\(port)"
  }
}
