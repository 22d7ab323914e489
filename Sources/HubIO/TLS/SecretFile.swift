private import Glibc

/// Files with keys in them.
package enum SecretFile {
  /// Nobody's key is larger.
  private static let maximumBytes = 1 << 20

  /// Whether others than its owner may use the file; false where there is no such file.
  package static func isReadableByOthers(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    return isReadableByOthers(
      mode: status.st_mode, owner: status.st_uid, group: status.st_gid, user: geteuid(), groups: ownGroups)
  }

  /// - Parameters:
  ///   - group: the file's. Where the file is root's, this is how the process is let in, as by Kubernetes.
  ///   - user: who the process is, and
  ///   - groups: its own.
  static func isReadableByOthers(mode: UInt32, owner: UInt32, group: UInt32, user: UInt32, groups: Set<UInt32>) -> Bool
  {
    let isLentByRoot = owner == 0 && user != 0 && groups.contains(group)
    return mode & (isLentByRoot ? 0o037 : 0o077) != 0
  }

  private static var ownGroups: Set<UInt32> {
    let count = max(0, getgroups(0, nil))
    var groups = [gid_t](repeating: 0, count: Int(count))
    let filled = unsafe getgroups(count, &groups)
    return Set(groups.prefix(max(0, Int(filled)))).union([getegid()])
  }

  /// Why the file keeps its secret badly, and what mends it; nil where it keeps it well.
  static func problem(_ path: String) -> String? {
    guard isReadableByOthers(path) else { return nil }
    return "others than its owner may use the key in \(path): chmod 600 \(path)"
  }

  /// Gives the bytes of the file to `body`, and overwrites them after it.
  /// - Parameter what: what the file is, as in "the key in".
  static func read<Result>(
    _ path: String, what: String, _ body: (UnsafeRawBufferPointer) throws(TLSError) -> Result
  ) throws(TLSError) -> Result {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, what) }
    defer { _ = close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: maximumBytes + 1, alignment: 16)
    var count = 0
    defer {
      unsafe explicit_bzero(buffer.baseAddress!, count)
      unsafe buffer.deallocate()
    }
    while count <= maximumBytes {
      let got = unsafe Glibc.read(descriptor, buffer.baseAddress! + count, maximumBytes + 1 - count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw unreadable(path, what) }
      if got == 0 { break }
      count += got
    }
    guard count <= maximumBytes else { throw TLSError("\(what) \(path) is larger than 1 MiB: this is no PEM file") }
    return try unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  private static func unreadable(_ path: String, _ what: String) -> TLSError {
    TLSError("\(what) \(path) cannot be read: \(unsafe String(cString: strerror(errno)))")
  }
}
