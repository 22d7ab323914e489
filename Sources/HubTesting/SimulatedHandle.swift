import CSQLite

/// A file of a ``SimulatedDisk`` as one SQLite connection has it open, with the locks that this connection holds.
final class SimulatedHandle {
  let file: SimulatedFile
  let power: SimulatedPower
  /// What SQLite calls the level: from SQLITE_LOCK_NONE to SQLITE_LOCK_EXCLUSIVE.
  private var level = SQLITE_LOCK_NONE
  // The slots of shared memory that are locked, as sets of bits.
  private var sharedSlots: UInt32 = 0
  private var exclusiveSlots: UInt32 = 0
  private var hasMapped = false

  init(_ file: SimulatedFile, _ power: SimulatedPower) {
    self.file = file
    self.power = power
    file.handles.append(self)
  }

  func close() {
    unmap()
    file.handles.removeAll { $0 === self }
  }

  private var others: [SimulatedHandle] { file.handles.filter { $0 !== self } }

  // MARK: Locks on the file

  func lock(_ wanted: Int32) -> Int32 {
    if wanted <= level { return SQLITE_OK }
    let highest = others.map(\.level).max() ?? SQLITE_LOCK_NONE
    switch wanted {
    case SQLITE_LOCK_SHARED:
      if highest >= SQLITE_LOCK_PENDING { return SQLITE_BUSY }
    case SQLITE_LOCK_RESERVED:
      if highest >= SQLITE_LOCK_RESERVED { return SQLITE_BUSY }
    default:
      if highest >= SQLITE_LOCK_RESERVED { return SQLITE_BUSY }
      // Nobody new may begin to read, and those who do must end.
      level = SQLITE_LOCK_PENDING
      if highest >= SQLITE_LOCK_SHARED { return SQLITE_BUSY }
    }
    level = wanted
    return SQLITE_OK
  }

  func unlock(_ wanted: Int32) {
    level = min(level, wanted)
  }

  var isReserved: Bool { file.handles.contains { $0.level >= SQLITE_LOCK_RESERVED } }

  // MARK: Shared memory

  func map(_ region: Int, size: Int, makes: Bool) -> UnsafeMutableRawPointer? {
    hasMapped = true
    return file.sharedMemory.region(region, size: size, makes: makes)
  }

  func lockSlots(_ mask: UInt32, isExclusive: Bool) -> Int32 {
    for other in others {
      if other.exclusiveSlots & mask != 0 { return SQLITE_BUSY }
      if isExclusive, other.sharedSlots & mask != 0 { return SQLITE_BUSY }
    }
    if isExclusive { exclusiveSlots |= mask } else { sharedSlots |= mask }
    return SQLITE_OK
  }

  func unlockSlots(_ mask: UInt32) {
    sharedSlots &= ~mask
    exclusiveSlots &= ~mask
  }

  func unmap() {
    sharedSlots = 0
    exclusiveSlots = 0
    hasMapped = false
    if !file.handles.contains(where: \.hasMapped) { file.sharedMemory.clear() }
  }
}
