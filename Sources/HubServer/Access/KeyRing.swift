import HubWire

/// The API keys that are valid, several at once so that one can take another's place without a gap.
struct KeyRing: Sendable {
  private struct Entry: Sendable {
    let digest: [UInt8]
    let grant: Grant
  }

  private let entries: [Entry]

  /// - Parameter namespaces: what holds for everybody, and so for the bearers of keys too.
  init(_ keys: [APIKeySettings], namespaces: NamespaceBook) {
    entries = keys.map { key in
      let scopes = key.scopes
      let grant = Grant(
        source: .key(key.sha256), isAdmin: scopes.contains(.admin), publish: scopes.contains(.publish) ? key.rooms : [],
        read: scopes.contains(.read) ? key.rooms : [], namespaces: namespaces)
      return Entry(digest: Array(key.sha256.utf8), grant: grant)
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// What the bearer of the key may do; nil where it is none of these.
  ///
  /// Each digest is compared, whole, whichever it is: how long it takes tells nothing.
  func grant(key: String) -> Grant? {
    let digest = Array(APIKey.digest(of: key).utf8)
    var found: Grant?
    for entry in entries where ConstantTime.areEqual(entry.digest.span, digest.span) { found = entry.grant }
    return found
  }

  /// What the key with this digest allows now; nil where it has been taken away.
  func grant(digest: String) -> Grant? {
    entries.first { $0.grant.source == .key(digest) }?.grant
  }
}
