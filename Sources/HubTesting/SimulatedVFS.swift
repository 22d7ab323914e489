import CSQLite
import Glibc
import Synchronization

/// What SQLite knows of a ``SimulatedDisk``, from one loss of power to the next.
final class SimulatedVFS {
  let name: String
  /// Never freed, as its ``SimulatedPower`` is not.
  private let vfs: UnsafeMutablePointer<sqlite3_vfs>

  private static let number = Atomic<Int>(0)
  private static let longestPath = 512

  init(_ power: SimulatedPower) {
    name = "simulated-\(Self.number.add(1, ordering: .relaxed).newValue)"
    vfs = .allocate(capacity: 1)
    var new = sqlite3_vfs()
    new.iVersion = 2
    new.szOsFile = Int32(MemoryLayout<SimulatedFileSlot>.size)
    new.mxPathname = Int32(Self.longestPath)
    new.zName = UnsafePointer(strdup(name))
    new.pAppData = Unmanaged.passRetained(power).toOpaque()
    new.xOpen = { vfs, name, slot, flags, outFlags in
      if let outFlags { outFlags.pointee = flags }
      return SimulatedFileSlot.open(name.map { String(cString: $0) }, flags, in: slot!, reach(vfs))
    }
    new.xDelete = { vfs, name, isDurable in delete(String(cString: name!), isDurable != 0, reach(vfs)) }
    new.xAccess = { vfs, name, _, result in
      guard let disk = reach(vfs).disk else { return SQLITE_IOERR }
      // As on Unix: an empty file counts for nothing.
      result!.pointee = disk.file(String(cString: name!))?.bytes.isEmpty == false ? 1 : 0
      return SQLITE_OK
    }
    new.xFullPathname = { _, name, size, out in
      guard strlen(name!) < Int(size) else { return SQLITE_CANTOPEN }
      strcpy(out!, name!)
      return SQLITE_OK
    }
    new.xRandomness = { vfs, count, out in
      for index in 0..<Int(count) { out![index] = CChar(truncatingIfNeeded: reach(vfs).disk?.nextRandom() ?? 0) }
      return count
    }
    // The clock stands still: whoever waits for another connection on this thread waits in vain.
    new.xSleep = { _, microseconds in microseconds }
    new.xCurrentTimeInt64 = { vfs, out in
      // In milliseconds since noon of the 24th of November 4714 before Christ.
      out!.pointee = 210_866_760_000_000 + (reach(vfs).disk?.wallTime() ?? 0)
      return SQLITE_OK
    }
    new.xCurrentTime = { vfs, out in
      out!.pointee = 2_440_587.5 + Double(reach(vfs).disk?.wallTime() ?? 0) / 86_400_000
      return SQLITE_OK
    }
    vfs.initialize(to: new)
    sqlite3_vfs_register(vfs, 0)
  }

  deinit {
    sqlite3_vfs_unregister(vfs)
  }
}

private func reach(_ vfs: UnsafeMutablePointer<sqlite3_vfs>?) -> SimulatedPower {
  Unmanaged<SimulatedPower>.fromOpaque(vfs!.pointee.pAppData).takeUnretainedValue()
}

private func delete(_ name: String, _ isDurable: Bool, _ power: SimulatedPower) -> Int32 {
  guard let disk = power.disk else { return SQLITE_IOERR }
  // SQLITE_IOERR_DELETE_NOENT
  if disk.file(name) == nil { return SQLITE_IOERR | 23 << 8 }
  let code = disk.begin(.delete)
  if code != SQLITE_OK { return code }
  disk.delete(name, isDurable: isDurable)
  return disk.end(.delete)
}
