import Glibc
import Testing

/// A directory with certificates for one test, made by the openssl command and gone with this.
final class MadeCertificates {
  let directory: String

  init() throws {
    var template = Array("/tmp/roomcast-tls-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    directory = String(cString: made)
  }

  deinit {
    _ = Self.run("rm -rf \(directory)")
  }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  /// Makes `NAME.pem` and `NAME.key`, for these DNS names.
  func make(_ name: String, for names: [String] = []) throws {
    let list = names.map { "DNS:\($0)" }.joined(separator: ",")
    let status = Self.run(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name)"
        + " -keyout \(path(name)).key -out \(path(name)).pem \(names.isEmpty ? "" : "-addext subjectAltName=\(list)")")
    try #require(status == 0, "openssl made no certificate")
  }

  func write(_ name: String, _ text: String) throws {
    let file = try #require(fopen(path(name), "w"))
    fputs(text, file)
    fclose(file)
  }

  private static func run(_ command: String) -> Int32 {
    guard let pipe = popen("\(command) 2>/dev/null", "r") else { return -1 }
    return pclose(pipe)
  }
}
