import Glibc

/// Why a run cannot be made, or cannot go on.
package struct LoadError: Error, CustomStringConvertible {
  package enum Kind {
    /// The run was asked for wrongly.
    case misuse
    /// Something is in the way.
    case failure
  }

  package let kind: Kind
  package let description: String

  package init(_ kind: Kind = .failure, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// The operating system's words for the error that the last call left in `errno`.
  package static var last: String { String(cString: strerror(errno)) }
}
