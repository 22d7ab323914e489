import Glibc

/// A directory that one process at a time may use: held until the value is gone, however the process ends.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  /// Makes the directory where only its last part is missing, and takes it.
  init(_ directory: String) throws(DiskError) {
    try Self.make(directory)
    let path = directory + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.trouble("open \(path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      let holder = Self.text(of: descriptor)
      close(descriptor)
      guard number == EWOULDBLOCK else { throw Self.trouble("lock \(path)", number: number) }
      throw DiskError(
        .locked,
        "\(directory) is in use by another process\(holder.isEmpty ? "" : " (\(holder))"): stop it, "
          + "or give this one a directory of its own")
    }
    self.descriptor = descriptor
    let holder = Array("\(getpid())\n".utf8)
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, holder, holder.count, 0) }
  }

  deinit {
    close(descriptor)
  }

  /// Whether ``init(_:)`` finds the directory, or the one to make it in.
  static func canBegin(_ directory: String) -> Bool {
    var status = stat()
    if stat(directory, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR }
    guard errno == ENOENT else { return false }
    let parts = directory.split(separator: "/").dropLast()
    let parent = (directory.hasPrefix("/") ? "/" : "./") + parts.joined(separator: "/")
    return stat(parent, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func make(_ directory: String) throws(DiskError) {
    var status = stat()
    if stat(directory, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw DiskError(.directory, "\(directory) is not a directory")
      }
      return
    }
    guard mkdir(directory, 0o700) == 0 else { throw trouble("make the directory \(directory)") }
    // The name of a new directory lasts only once its parent does.
    let parent = open(directory + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard parent >= 0 else { throw trouble("open the parent of \(directory)") }
    defer { close(parent) }
    guard fsync(parent) == 0 else { throw trouble("write the parent of \(directory)") }
  }

  /// The process that holds the lock, as it wrote itself down.
  private static func text(of descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(0, count)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.isEmpty ? "" : "process " + String(decoding: digits, as: UTF8.self)
  }

  private static func trouble(_ attempt: String, number: Int32 = errno) -> DiskError {
    let isMissing = [ENOENT, ENOTDIR, EACCES, EPERM, EROFS].contains(number)
    return DiskError(isMissing ? .directory : .system, "cannot \(attempt): \(String(cString: strerror(number)))")
  }
}
