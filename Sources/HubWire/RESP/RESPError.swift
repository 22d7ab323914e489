/// Why the bytes of a server cannot be read on. Where the next value begins is unknown then: the connection is to be closed.
package enum RESPError: Error, Sendable, Equatable, CustomStringConvertible {
  /// It is not the protocol.
  case malformed(String)
  /// It passes one of the ``RESPLimits``.
  case tooLarge(String)
  /// It is a part of the protocol that no server sends yet.
  case unsupported(String)

  package var description: String {
    switch self {
    case .malformed(let detail): "what the server sent is malformed: \(detail)"
    case .tooLarge(let detail): "what the server sent is too large: \(detail)"
    case .unsupported(let detail): "what the server sent is not supported: \(detail)"
    }
  }
}
