import Glibc

/// Reads the settings file from disk.
public enum SettingsFile {
  /// All bytes of the file, but no more than one past what a settings file may have.
  ///
  /// - Throws: ``SettingsFileError``, in the operating system's words.
  public static func bytes(of path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SettingsFileError(number: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= JSON5Scanner.maximumBytes {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SettingsFileError(number: errno) }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}

/// Why a file could not be read.
public struct SettingsFileError: Error, CustomStringConvertible {
  /// The `errno` of the call that failed.
  public var number: Int32

  public var description: String { String(cString: strerror(number)) }
}
