import Glibc

/// A directory that goes with the value.
final class TemporaryDirectory: Sendable {
  let path: String

  init(path: String) {
    self.path = path
  }

  init() {
    var template = Array("/tmp/roomcast-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "no temporary directory")
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    unlink(path + "/lock")
    for name in ["roomcast.db", "journal.db"] {
      for suffix in ["", "-wal", "-shm"] { unlink(path + "/" + name + suffix) }
    }
    rmdir(path)
  }

  var database: String { path + "/roomcast.db" }
  var journal: String { path + "/journal.db" }

  /// Writes `bytes` over what stands at `offset`.
  func overwrite(_ bytes: [UInt8], at offset: Int) {
    let descriptor = open(database, O_WRONLY)
    precondition(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
    Glibc.close(descriptor)
  }

  func bytes(_ count: Int, at offset: Int) -> [UInt8] {
    let descriptor = open(database, O_RDONLY)
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    precondition(pread(descriptor, &bytes, count, off_t(offset)) == count)
    return bytes
  }

  var size: Int {
    var status = stat()
    return stat(database, &status) == 0 ? Int(status.st_size) : 0
  }

  func cut(to size: Int) {
    precondition(truncate(database, off_t(size)) == 0)
  }
}
