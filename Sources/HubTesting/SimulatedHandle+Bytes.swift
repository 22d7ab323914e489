import CSQLite

/// Reading and writing through a handle, with what the disk makes of it.
extension SimulatedHandle {
  func read(_ buffer: UnsafeMutableRawPointer, count: Int, at offset: Int) -> Int32 {
    let code = power.disk?.begin(.read) ?? SQLITE_IOERR
    if code != SQLITE_OK { return code }
    let available = max(0, min(count, file.bytes.count - offset))
    if available > 0 {
      file.bytes.withUnsafeBytes { buffer.copyMemory(from: $0.baseAddress! + offset, byteCount: available) }
    }
    if available == count { return SQLITE_OK }
    (buffer + available).initializeMemory(as: UInt8.self, repeating: 0, count: count - available)
    // SQLITE_IOERR_SHORT_READ
    return SQLITE_IOERR | 2 << 8
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int32 {
    guard let disk = power.disk else { return SQLITE_IOERR }
    let code = disk.begin(.write)
    if code != SQLITE_OK { return code }
    if disk.isFull, offset + bytes.count > file.bytes.count { return SQLITE_FULL }
    file.write(bytes, at: offset)
    return disk.end(.write)
  }

  func truncate(_ size: Int) -> Int32 {
    guard let disk = power.disk else { return SQLITE_IOERR }
    let code = disk.begin(.truncate)
    if code != SQLITE_OK { return code }
    file.truncate(size)
    return disk.end(.truncate)
  }

  func sync() -> Int32 {
    guard let disk = power.disk else { return SQLITE_IOERR }
    let code = disk.begin(.sync)
    if code != SQLITE_OK {
      if disk.hasPower { disk.failToSync(file) }
      return code
    }
    // Where the power fails now, the sync was not yet done.
    let end = disk.end(.sync)
    if end == SQLITE_OK { disk.sync(file) }
    return end
  }

  func size(_ out: UnsafeMutablePointer<Int64>) -> Int32 {
    guard power.disk?.hasPower == true else { return SQLITE_IOERR }
    out.pointee = Int64(file.bytes.count)
    return SQLITE_OK
  }
}
