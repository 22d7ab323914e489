import CSQLite

/// A disk in memory on which SQLite keeps its files: it fails as scripted, and loses what was not synced when its power
/// goes.
///
/// SQLite finds it as the VFS called ``name``. Everything happens on the calling thread, and by a seed, so that a run can
/// be run again.
package final class SimulatedDisk {
  /// What SQLite asks of a disk.
  package enum Operation: Sendable, CaseIterable {
    case read, create, write, truncate, sync, delete
  }

  /// The VFS to open files with; another one after each ``losePower(_:)``, so that nobody from before it can do any harm.
  package private(set) var name = ""
  /// What SQLite takes for the size of a sector.
  package let sectorSize: Int
  /// Milliseconds since 1970.
  package var wallTime: () -> Int64 = { 1_700_000_000_000 }

  /// Whether anything can be done with it.
  package private(set) var hasPower = true
  /// After so many changes more the power fails, in the middle of the last of them.
  package var changesUntilPowerFails: Int?
  /// There is no space for any file to grow.
  package var isFull = false
  /// Whether what was to be synced when a sync failed is taken for synced from then on, as Linux takes it; else the next
  /// sync tries it again.
  package var forgetsFailedSyncs = true
  /// Asked before each operation: whether this one fails.
  package var fails: (Operation) -> Bool = { _ in false }
  /// How often it was asked to change anything.
  package private(set) var changes = 0
  /// How often an operation failed.
  package private(set) var failures = 0

  private var files: [String: SimulatedFile] = [:]
  /// Names that a loss of power leaves for certain.
  private var durableFiles: [String: SimulatedFile] = [:]
  /// What everybody who has a file open reaches the disk by, until the power goes.
  private var power = SimulatedPower(sectorSize: 0)
  private var vfs: SimulatedVFS?
  private var random: SeededRandom

  package init(seed: UInt64, sectorSize: Int = 4096) {
    self.sectorSize = sectorSize
    random = SeededRandom(seed: seed)
    begin()
  }

  /// The files that have something in them.
  package var fileNames: [String] { files.keys.filter { files[$0]?.bytes.isEmpty == false }.sorted() }

  package func contents(of name: String) -> [UInt8]? { files[name]?.bytes }

  /// Damages a file, as worn hardware does.
  package func damage(_ name: String, at offset: Int, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { files[name]?.write($0, at: offset) }
    files[name]?.sync()
  }

  /// Loses power and gets it back: of what was not synced, a part that `random` chooses is there. Whoever had files open
  /// gets errors from now on.
  package func losePower(_ random: inout SeededRandom) {
    for name in Set(files.keys).union(durableFiles.keys).sorted() where files[name] !== durableFiles[name] {
      let file = random.once(in: 2) ? files[name] : durableFiles[name]
      files[name] = file
      durableFiles[name] = file
    }
    for name in files.keys.sorted() { files[name]?.losePower(&random) }
    durableFiles = files
    hasPower = true
    changesUntilPowerFails = nil
    endProcess()
  }

  /// The process that has files open ends without a word: all that it wrote is there, on the disk or in the system's
  /// memory.
  package func endProcess() {
    power.disk = nil
    for name in files.keys {
      let file = files[name]?.forNextProcess()
      if let file, files[name] === durableFiles[name] { durableFiles[name] = file }
      files[name] = file
    }
    begin()
  }

  private func begin() {
    power = SimulatedPower(sectorSize: sectorSize)
    power.disk = self
    let vfs = SimulatedVFS(power)
    self.vfs = vfs
    name = vfs.name
  }

  // MARK: What SQLite asks

  /// Decides over one operation before it is done.
  /// - Returns: SQLITE_OK, or the code with which it fails.
  func begin(_ operation: Operation) -> Int32 {
    guard hasPower else { return operation.failure }
    if operation != .read { changes += 1 }
    if fails(operation) {
      failures += 1
      return operation.failure
    }
    return SQLITE_OK
  }

  /// Counts a change that was just made.
  /// - Returns: SQLITE_OK, or the code with which it fails because the power went meanwhile.
  func end(_ operation: Operation) -> Int32 {
    guard let left = changesUntilPowerFails else { return SQLITE_OK }
    changesUntilPowerFails = left - 1
    if left > 1 { return SQLITE_OK }
    hasPower = false
    return operation.failure
  }

  func file(_ name: String) -> SimulatedFile? { files[name] }

  func create(_ name: String) -> SimulatedFile {
    let file = SimulatedFile()
    files[name] = file
    return file
  }

  func delete(_ name: String, isDurable: Bool) {
    files[name] = nil
    if isDurable { durableFiles = files }
  }

  /// A sync has failed: nobody knows what of the file is on the disk.
  func failToSync(_ file: SimulatedFile) {
    if forgetsFailedSyncs { file.failToSync(&random) }
  }

  /// Numbers for whoever wants some from the operating system.
  func nextRandom() -> UInt64 { random.next() }

  /// The file is on the disk. The first sync of a new one is one of its directory too, as SQLite makes it on Unix: every
  /// name that was made or deleted until then is as it is for good.
  func sync(_ file: SimulatedFile) {
    file.sync()
    for (name, other) in files where other === file && durableFiles[name] !== file {
      durableFiles = files
      return
    }
  }
}

extension SimulatedDisk.Operation {
  /// What SQLite is told when it fails.
  fileprivate var failure: Int32 {
    switch self {
    // The kinds of SQLITE_IOERR, which are no constants to Swift.
    case .read: SQLITE_IOERR | 1 << 8
    case .write: SQLITE_IOERR | 3 << 8
    case .sync: SQLITE_IOERR | 4 << 8
    case .truncate: SQLITE_IOERR | 6 << 8
    case .delete: SQLITE_IOERR | 10 << 8
    case .create: SQLITE_CANTOPEN
    }
  }
}
