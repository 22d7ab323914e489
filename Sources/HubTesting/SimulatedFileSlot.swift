import CSQLite

/// The memory that SQLite gives to each open file, and the functions that it calls with it.
struct SimulatedFileSlot {
  private var base: sqlite3_file
  private var handle: Unmanaged<SimulatedHandle>

  /// Opens a file, or a new one without a name, which nobody else sees.
  static func open(
    _ name: String?, _ flags: Int32, in slot: UnsafeMutablePointer<sqlite3_file>, _ power: SimulatedPower
  ) -> Int32 {
    slot.pointee.pMethods = nil
    guard let disk = power.disk else { return SQLITE_CANTOPEN }
    let file: SimulatedFile
    if let name, let existing = disk.file(name) {
      file = existing
    } else if let name {
      guard flags & SQLITE_OPEN_CREATE != 0 else { return SQLITE_CANTOPEN }
      let code = disk.begin(.create)
      if code != SQLITE_OK { return code }
      file = disk.create(name)
      let end = disk.end(.create)
      if end != SQLITE_OK { return end }
    } else {
      file = SimulatedFile()
    }
    UnsafeMutableRawPointer(slot).initializeMemory(
      as: SimulatedFileSlot.self,
      to: SimulatedFileSlot(
        base: sqlite3_file(pMethods: Self.methods), handle: .passRetained(SimulatedHandle(file, power))))
    return SQLITE_OK
  }

  /// Never freed: files of hubs that were dropped are never closed.
  private nonisolated(unsafe) static let methods: UnsafePointer<sqlite3_io_methods> = {
    var methods = sqlite3_io_methods()
    methods.iVersion = 2
    methods.xClose = { slot in
      handle(slot).close()
      release(slot)
      return SQLITE_OK
    }
    methods.xRead = { handle($0).read($1!, count: Int($2), at: Int($3)) }
    methods.xWrite = { handle($0).write(UnsafeRawBufferPointer(start: $1, count: Int($2)), at: Int($3)) }
    methods.xTruncate = { handle($0).truncate(Int($1)) }
    methods.xSync = { slot, _ in handle(slot).sync() }
    methods.xFileSize = { handle($0).size($1!) }
    methods.xLock = { handle($0).lock($1) }
    methods.xUnlock = { slot, level in
      handle(slot).unlock(level)
      return SQLITE_OK
    }
    methods.xCheckReservedLock = { slot, out in
      out!.pointee = handle(slot).isReserved ? 1 : 0
      return SQLITE_OK
    }
    methods.xFileControl = { _, _, _ in SQLITE_NOTFOUND }
    methods.xSectorSize = { Int32(handle($0).power.sectorSize) }
    methods.xDeviceCharacteristics = { _ in 0 }
    methods.xShmMap = { slot, region, size, makes, out in
      let memory = handle(slot).map(Int(region), size: Int(size), makes: makes != 0)
      // To SQLite it is volatile, for which Swift has no word.
      UnsafeMutableRawPointer(out!).storeBytes(of: memory, as: UnsafeMutableRawPointer?.self)
      return SQLITE_OK
    }
    methods.xShmLock = { slot, first, count, flags in
      let mask = ((UInt32(1) << UInt32(count)) - 1) << UInt32(first)
      if flags & SQLITE_SHM_UNLOCK != 0 {
        handle(slot).unlockSlots(mask)
        return SQLITE_OK
      }
      return handle(slot).lockSlots(mask, isExclusive: flags & SQLITE_SHM_EXCLUSIVE != 0)
    }
    methods.xShmBarrier = { _ in }
    methods.xShmUnmap = { slot, _ in
      handle(slot).unmap()
      return SQLITE_OK
    }
    let pointer = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    pointer.initialize(to: methods)
    return UnsafePointer(pointer)
  }()

  private static func slot(_ file: UnsafeMutablePointer<sqlite3_file>?) -> UnsafeMutablePointer<SimulatedFileSlot> {
    UnsafeMutableRawPointer(file!).assumingMemoryBound(to: SimulatedFileSlot.self)
  }

  private static func handle(_ file: UnsafeMutablePointer<sqlite3_file>?) -> SimulatedHandle {
    slot(file).pointee.handle.takeUnretainedValue()
  }

  private static func release(_ file: UnsafeMutablePointer<sqlite3_file>?) {
    slot(file).pointee.handle.release()
  }
}
