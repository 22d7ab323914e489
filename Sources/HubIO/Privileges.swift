private import CLinux
private import Glibc

/// What the process may do beyond its work.
package enum Privileges {
  /// Becomes `user` with that user's groups, for good; nothing happens where the process is that user already.
  ///
  /// - Throws: ``SystemError`` where there is no such user, or where the process may not become it.
  package static func drop(to user: String) throws(SystemError) {
    let (id, group) = try entry(of: user)
    if id == geteuid() { return }
    guard unsafe initgroups(user, group) == 0, setgid(group) == 0, setuid(id) == 0 else {
      throw SystemError("become the user \"\(user)\"")
    }
    // Whoever could go back has dropped nothing.
    precondition(id == 0 || setuid(0) != 0, "the privileges of root could be had back")
  }

  /// Makes files the property of `user`, who will have to open them again; those that do not exist are left out.
  package static func give(_ paths: [String], to user: String) throws(SystemError) {
    let (id, group) = try entry(of: user)
    if id == geteuid() { return }
    for path in paths {
      guard unsafe chown(path, id, group) == 0 || errno == ENOENT else {
        throw SystemError("give \(path) to the user \"\(user)\"")
      }
    }
  }

  private static func entry(of user: String) throws(SystemError) -> (id: uid_t, group: gid_t) {
    errno = 0
    guard let entry = unsafe getpwnam(user) else {
      throw SystemError("find the user \"\(user)\"", number: errno == 0 ? ENOENT : errno)
    }
    return unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
  }

  /// Keeps the process's memory, which holds keys, out of core dumps and from debuggers of the same user.
  package static func hideMemory() {
    linux_hide_memory()
  }
}
