// sources: Sources/HubServer/Settings/*.swift Sources/HubServer/Logging/LogText.swift
// sources: Sources/HubServer/Logging/LogLevel.swift Sources/HubServer/Logging/JSONText.swift
// sources: Sources/HubServer/Tracing/Hexadecimal.swift Sources/HubServer/Access/API*.swift
// sources: Sources/HubServer/Access/Authenticator*.swift Sources/HubServer/Access/Grant.swift
// sources: Sources/HubServer/Access/Key*.swift Sources/HubServer/Access/ECDSASignature.swift Sources/HubServer/Access/S*.swift Sources/HubServer/Access/Token*.swift
// sources: Sources/HubIO/TLS/SecretFile.swift Sources/HubIO/TLS/TLSError.swift

/// Body of a libFuzzer run: any file is read without a crash, each of its problems is one line that names a place in it,
/// and settings without a problem mean the same when they are given as flags.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let machine = Machine(cores: 4, descriptors: 10_064)
  let reading = SettingsReader.read(
    arguments: ["--settings", "hub.json5"], environment: [:], machine: machine, readFile: { _ in bytes })
  for problem in reading.problems {
    precondition(!problem.description.unicodeScalars.contains(where: LogText.isUnsafe), "a problem breaks its line")
    checkPlace(problem.origin, in: bytes)
  }
  // A secret is neither shown nor taken as a flag.
  let holdsSecret = reading.settings.tokens.keys.contains { if case .secret = $0.material { true } else { false } }
  if reading.problems.isEmpty, !holdsSecret {
    let flags = SettingsKey.table.map { "\($0.flag)=\($0.text(in: reading.settings))" }
    let again = SettingsReader.read(
      arguments: flags, environment: [:], machine: machine, readFile: { _ in bytes })
    precondition(again.problems.isEmpty, "as flags they are wrong: \(again.problems)")
    precondition(again.settings == reading.settings, "as flags they mean something else")
  }
  return 0
}

/// A position lies in the file, or right behind its end.
private func checkPlace(_ origin: SettingsOrigin, in bytes: [UInt8]) {
  guard case .file(_, let position?) = origin else { return }
  let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
  precondition(position.line >= 1 && position.column >= 1 && position.column <= text.count + 1, "\(position)")
  precondition(position.line <= text.count { $0.isLineTerminator } + 1, "\(position) is behind the last line")
}
