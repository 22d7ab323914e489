import HubWire

/// Where a hub is: `https://HOST` or `http://HOST:PORT`.
public struct HubURL: Sendable, Hashable, CustomStringConvertible {
  /// A name or number, IPv6 without its brackets.
  public let host: String
  /// Where the URL names none, 443 with `https` and 80 without.
  public let port: UInt16
  /// Whether it begins with `https`: what is sent is encrypted, and the hub must show who it is.
  public let isEncrypted: Bool

  /// - Throws: ``HubURLError``, naming what is wrong and what mends it.
  public init(_ text: String) throws(HubURLError) {
    let (scheme, rest) = try Self.scheme(of: text)
    isEncrypted = scheme == "https"
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard rest.dropFirst(authority.count).allSatisfy({ $0 == "/" }), rest.count - authority.count <= 1 else {
      throw HubURLError("the URL \"\(text)\" has more than a host and a port; write \(scheme)://\(authority)")
    }
    guard !authority.contains("@") else {
      throw HubURLError("the URL holds a user name, which a hub does not know; write \(scheme)://HOST:PORT")
    }
    let (host, port) = try Self.split(authority, of: text)
    self.host = host
    self.port = port ?? Self.usualPort(isEncrypted: isEncrypted)
  }

  /// As it is written in a `Host` field.
  var hostField: String { port == Self.usualPort(isEncrypted: isEncrypted) ? bracketed : "\(bracketed):\(port)" }

  /// The URL as it is usually written, without the scheme's own port.
  public var description: String { "\(isEncrypted ? "https" : "http")://\(hostField)" }

  private var bracketed: String { host.contains(":") ? "[\(host)]" : host }

  private static func usualPort(isEncrypted: Bool) -> UInt16 { isEncrypted ? 443 : 80 }

  private static func scheme(of text: String) throws(HubURLError) -> (scheme: String, rest: Substring) {
    guard let end = text.firstRange(of: "://") else {
      throw HubURLError("the URL \"\(text)\" has no scheme; write http://\(text.isEmpty ? "HOST:PORT" : text)")
    }
    let rest = text[end.upperBound...]
    switch text[..<end.lowerBound].lowercased() {
    case "http": return ("http", rest)
    case "https": return ("https", rest)
    case "ws": throw HubURLError("a hub's URL begins with http; write http://\(rest)")
    case "wss": throw HubURLError("a hub's URL begins with http; write https://\(rest)")
    default: throw HubURLError("the URL \"\(text)\" is not one of a hub; write https://HOST or http://HOST:PORT")
    }
  }

  private static func split(_ authority: Substring, of text: String) throws(HubURLError) -> (
    host: String, port: UInt16?
  ) {
    // The port is nil where there is none.
    let host: Substring
    let afterHost: Substring
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else {
        throw HubURLError("the URL \"\(text)\" opens a bracket and does not close it; write http://[::1]:8080")
      }
      host = authority[authority.index(after: authority.startIndex)..<end]
      afterHost = authority[authority.index(after: end)...]
      guard host.contains(":") else { throw HubURLError("only an IPv6 address stands in brackets in \"\(text)\"") }
    } else {
      guard authority.count(where: { $0 == ":" }) < 2 else {
        throw HubURLError("an IPv6 address stands in brackets; write http://[\(authority)]")
      }
      host = authority.prefix { $0 != ":" }
      afterHost = authority.dropFirst(host.count)
    }
    guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
      throw HubURLError("the URL \"\(text)\" names no host; write http://HOST:PORT")
    }
    if afterHost.isEmpty { return (String(host), nil) }
    let digits = afterHost.dropFirst()
    guard afterHost.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits),
      port > 0
    else { throw HubURLError("the port in \"\(text)\" is not a number from 1 to 65535") }
    return (String(host), port)
  }

  /// What stands in names and numbers; an IPv6 zone (`%eth0`) too.
  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"): true
    default: false
    }
  }
}

/// Why a text is not the URL of a hub, and what mends it.
public struct HubURLError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The reason and the mend, as a sentence.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
