import Glibc

/// A file that a drawing goes into at the end of a long run: whether it can be had shows at the beginning.
final class PlotFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(PlotFileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw PlotFileError(description: "--plot: \(path) cannot be made: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    close(descriptor)
  }

  func write(_ text: String) throws(PlotFileError) {
    var rest = Array(text.utf8)[...]
    var isWritten = ftruncate(descriptor, 0) == 0 || errno == EINVAL
    while isWritten, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else { isWritten = errno == EINTR }
    }
    guard isWritten else {
      throw PlotFileError(description: "--plot: \(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}

/// Why the file is not there, as a sentence.
struct PlotFileError: Error {
  let description: String
}
