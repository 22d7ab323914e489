import HubWire

/// A Lua script that Redis runs as one step: nothing else happens in between.
///
/// Every link loads all of them when it is established, and calls them by their digest.
struct RedisScript: Sendable {
  let source: String
  /// SHA-1 of the source, as `SCRIPT LOAD` answers it.
  let digest: String

  init(_ source: String) {
    self.source = source
    let digits = Array("0123456789abcdef".utf8)
    let bytes = Digest.sha1(Array(source.utf8).span)
    digest = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// All of them.
  static let all: [RedisScript] = [append, place, read, drop, presence, nodes]
}
