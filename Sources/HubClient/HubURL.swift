import HubWire

/// Where a hub is: `http://HOST:PORT`.
public struct HubURL: Sendable, Hashable, CustomStringConvertible {
  /// A name or number, IPv6 without its brackets.
  public let host: String
  /// 80 where the URL names none.
  public let port: UInt16

  /// - Throws: ``HubURLError``, naming what is wrong and what mends it.
  public init(_ text: String) throws(HubURLError) {
    let rest = try Self.withoutScheme(text)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard rest.dropFirst(authority.count).allSatisfy({ $0 == "/" }), rest.count - authority.count <= 1 else {
      throw HubURLError("the URL \"\(text)\" has more than a host and a port; write http://\(authority)")
    }
    guard !authority.contains("@") else {
      throw HubURLError("the URL holds a user name, which a hub does not know; write http://HOST:PORT")
    }
    (host, port) = try Self.split(authority, of: text)
  }

  /// As it is written in a `Host` field.
  var hostField: String { port == 80 ? bracketed : "\(bracketed):\(port)" }

  public var description: String { "http://\(hostField)" }

  private var bracketed: String { host.contains(":") ? "[\(host)]" : host }

  private static func withoutScheme(_ text: String) throws(HubURLError) -> Substring {
    guard let end = text.firstRange(of: "://") else {
      throw HubURLError("the URL \"\(text)\" has no scheme; write http://\(text.isEmpty ? "HOST:PORT" : text)")
    }
    let rest = text[end.upperBound...]
    switch text[..<end.lowerBound].lowercased() {
    case "http": return rest
    case "https", "wss":
      throw HubURLError("this build speaks http only; give the hub's http:// address instead of \"\(text)\"")
    case "ws": throw HubURLError("a hub's URL begins with http; write http://\(rest)")
    default: throw HubURLError("the URL \"\(text)\" is not one of a hub; write http://HOST:PORT")
    }
  }

  private static func split(_ authority: Substring, of text: String) throws(HubURLError) -> (String, UInt16) {
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
    if afterHost.isEmpty { return (String(host), 80) }
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
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
