/// Why a store cannot be opened, and what to do.
package struct DiskError: Error, CustomStringConvertible {
  /// What kind of trouble it is; a command chooses its exit code by it.
  package enum Kind: Sendable {
    /// The directory cannot be had: missing, forbidden, or not a directory.
    case directory
    /// Another process has it.
    case locked
    /// Written by a newer version, or by something else.
    case foreign
    /// The file is not what it was.
    case damaged
    /// The system could not read or write.
    case system
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  init(_ error: SQLiteError, path: String, rescue: String = export) {
    if error.isDamage {
      self.init(.damaged, Self.damage(path, "\(error)", rescue: rescue))
    } else {
      self.init(.system, "\(path): \(error)")
    }
  }

  /// - Parameter rescue: what saves what can be read.
  static func damage(_ path: String, _ what: String, rescue: String = export) -> String {
    "\(path) is damaged: \(what); nothing was changed: move the directory away, keep it, and put back a copy, "
      + "or begin with an empty one (\(rescue) saves what can be read)"
  }

  /// What saves what can be read of a store.
  static let export = "`roomcast export`"
}
