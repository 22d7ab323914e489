package import HubIO

extension SecretFile {
  /// What is wrong with the mode of a file of secrets; nil where nothing is.
  static func mistake(_ path: String) -> SettingsMistake? {
    guard isReadableByOthers(path) else { return nil }
    return SettingsMistake(message: "others can read \(path), which holds a secret", mend: mend(path))
  }

  /// What makes the file its owner's alone, to be pasted into a shell.
  package static func mend(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-".utf8.contains(byte)
      }
    }
    return "chmod 600 " + (isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'")
  }
}
