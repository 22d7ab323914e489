/// How the length of a message's body is known (RFC 9112 section 6.3).
package enum HTTPBodyLength: Hashable, Sendable {
  /// There is no body.
  case none
  /// `Content-Length` says it.
  case length(Int)
  /// The body comes in chunks, the last of which is empty.
  case chunked
  /// The body lasts until the connection closes; only an answer can have one.
  case untilClose
}
