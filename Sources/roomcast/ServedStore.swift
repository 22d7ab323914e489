import Glibc
import HubDisk
import HubIO
import HubRooms
import HubServer

/// Where the served hub's events live, by the setting `engine`.
struct ServedStore {
  let engine: any Engine
  /// The same engine where it has files.
  private let disk: DiskEngine?

  init(_ settings: Settings) throws {
    guard case .disk(let directory) = settings.engine else {
      engine = MemoryEngine(settings)
      disk = nil
      return
    }
    let opened = try DiskEngine.open(directory, limits: DiskLimits(settings))
    if !settings.user.isEmpty { try Privileges.give(DiskEngine.files(in: directory), to: settings.user) }
    engine = opened
    disk = opened
  }

  func start() {
    disk?.start()
  }

  /// Nothing is asked of the hub any more: what waits is written, and the files are closed.
  func stop() {
    disk?.stop()
  }
}

extension DiskError {
  /// By the table of sysexits.
  var exitCode: Int32 {
    switch kind {
    case .directory: EX_NOINPUT
    case .locked, .foreign: EX_CONFIG
    case .damaged: EX_DATAERR
    case .system: EX_IOERR
    }
  }
}
