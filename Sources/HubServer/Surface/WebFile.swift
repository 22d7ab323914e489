import CWeb
import HubWire

/// A file for browsers: the client library, its types, and what the console page is made of. They are part of the
/// program. By reference, so that an ``Endpoint``, which every request has, stays small.
final class WebFile: Sendable {
  /// Where it is served.
  let path: String
  /// Its media type.
  let type: String
  let bytes: [UInt8]
  /// Changes with the bytes (RFC 9110 section 8.8.3).
  let tag: String

  /// All of them.
  static let all: [WebFile] = {
    var count = 0
    let files = web_files(&count)
    return UnsafeBufferPointer(start: files, count: count).map { WebFile($0) }
  }()

  /// The file at `path`.
  static func at(_ path: String) -> WebFile? { byPath[path] }

  /// What stands in place of `{file}` in `/console/{file}`.
  static let consoleNames = all.compactMap {
    $0.path.hasPrefix(console) ? String($0.path.dropFirst(console.count)) : nil
  }

  static let console = "/console/"

  private static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })

  private init(_ file: web_file) {
    let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
    let digest = Base64URL.encode(Digest.sha256(bytes.span)).prefix(22)
    path = String(cString: file.path)
    type = String(cString: file.type)
    tag = "\"\(String(decoding: digest, as: UTF8.self))\""
    self.bytes = bytes
  }
}
