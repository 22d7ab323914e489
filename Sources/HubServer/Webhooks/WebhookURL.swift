/// Where a target is: `http://HOST:PORT/PATH?QUERY` or `https://…`. A pure value.
struct WebhookURL: Sendable, Hashable {
  let isEncrypted: Bool
  /// A name or number, IPv6 without its brackets.
  let host: String
  let port: UInt16
  /// Path and query as they go on the wire.
  let path: String

  /// - Throws: what is wrong with the text, and what mends it. Nothing of a password in it is repeated.
  init(_ text: String) throws(WebhookURLError) {
    let rest: Substring
    if text.hasPrefix("https://") {
      (isEncrypted, rest) = (true, text.dropFirst("https://".count))
    } else if text.hasPrefix("http://") {
      (isEncrypted, rest) = (false, text.dropFirst("http://".count))
    } else {
      throw WebhookURLError(message: "this is no URL that can be called", mend: "begin it with https:// or http://")
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let target = rest.dropFirst(authority.count)
    guard !authority.contains("@") else {
      throw WebhookURLError(
        message: "the URL holds a user name", mend: "leave it out; the target knows the hub by its signature")
    }
    guard !target.contains("#"), target.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw WebhookURLError(
        message: "the URL's path holds what does not go over the wire", mend: "escape it, as in %20, and leave # out")
    }
    (host, port) = try Self.split(authority, encrypted: isEncrypted)
    path = target.hasPrefix("/") ? String(target) : "/" + target
  }

  /// As it is written in a `Host` field.
  var hostField: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// What to call it in the log: without its path, which may hold a secret.
  var origin: String { (isEncrypted ? "https://" : "http://") + hostField }

  private static func split(_ authority: Substring, encrypted: Bool) throws(WebhookURLError) -> (String, UInt16) {
    let mend = "write https://HOST:PORT/PATH"
    var host = authority
    var digits: Substring?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else {
        throw WebhookURLError(message: "the URL opens a bracket and does not close it", mend: mend)
      }
      let behind = authority[authority.index(after: end)...]
      host = authority[authority.index(after: authority.startIndex)..<end]
      if !behind.isEmpty { digits = behind.hasPrefix(":") ? behind.dropFirst() : "?" }
      guard host.contains(":") else { throw WebhookURLError(message: "the URL names no host", mend: mend) }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      digits = authority[authority.index(after: colon)...]
    }
    guard HostName.isValid(authority.hasPrefix("[") ? "[\(host)]" : String(host)) else {
      throw WebhookURLError(message: "the URL names no host", mend: mend)
    }
    guard let digits else { return (String(host), encrypted ? 443 : 80) }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits), port > 0 else {
      throw WebhookURLError(message: "the URL's port is not a number from 1 to 65535", mend: mend)
    }
    return (String(host), port)
  }
}

/// What is wrong with the URL of a target, and what mends it.
struct WebhookURLError: Error, Equatable {
  var message: String
  var mend: String
}
