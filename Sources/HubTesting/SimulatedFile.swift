/// One file of a ``SimulatedDisk``: what processes see, what a loss of power would leave for certain, and the changes in
/// between.
final class SimulatedFile {
  private enum Change {
    case write(offset: Int, bytes: [UInt8])
    case truncate(size: Int)
  }

  /// What is written as one: a loss of power leaves the old or the new of it.
  private static let sectorSize = 512

  /// As processes see it.
  private(set) var bytes: [UInt8] = []
  private var durable: [UInt8] = []
  /// Made since the last sync.
  private var changes: [Change] = []
  /// Everybody who has it open, for the locks that they hold.
  var handles: [SimulatedHandle] = []
  /// The index of a write-ahead log, shared by everybody who has mapped it.
  let sharedMemory = SimulatedSharedMemory()

  func write(_ new: UnsafeRawBufferPointer, at offset: Int) {
    let change = Change.write(offset: offset, bytes: Array(new))
    changes.append(change)
    Self.apply(change, to: &bytes)
  }

  func truncate(_ size: Int) {
    changes.append(.truncate(size: size))
    Self.apply(.truncate(size: size), to: &bytes)
  }

  /// Only what was written since the last sync gets to the disk, as from a page cache.
  func sync() {
    for change in changes { Self.apply(change, to: &durable) }
    changes = []
  }

  /// Some of it gets to the disk, and the rest never will: Linux takes pages whose writing failed for written.
  func failToSync(_ random: inout SeededRandom) {
    settle(&random)
  }

  /// The power is gone: what was not synced is there, or a part of it, or nothing.
  func losePower(_ random: inout SeededRandom) {
    settle(&random)
    bytes = durable
  }

  /// The same file without those who have it open: they keep this one, and can do no harm with it.
  func forNextProcess() -> SimulatedFile {
    let file = SimulatedFile()
    (file.bytes, file.durable, file.changes) = (bytes, durable, changes)
    (bytes, durable, changes) = ([], [], [])
    return file
  }

  private func settle(_ random: inout SeededRandom) {
    switch random.number(in: 0..<4) {
    case 0: break
    case 1: for change in changes { Self.apply(change, to: &durable) }
    case 2:
      // In the order in which they were made, up to one that is torn.
      let count = random.number(in: 0...changes.count)
      for change in changes.prefix(count) { Self.apply(change, to: &durable) }
      if count < changes.count { tear(changes[count], &random) }
    default: for change in changes { tear(change, &random) }
    }
    changes = []
  }

  /// Makes a part of the change: any of its sectors.
  private func tear(_ change: Change, _ random: inout SeededRandom) {
    guard case .write(let offset, let bytes) = change else {
      if random.once(in: 2) { Self.apply(change, to: &durable) }
      return
    }
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, ((offset + start) / Self.sectorSize + 1) * Self.sectorSize - offset)
      if random.once(in: 2) {
        Self.apply(.write(offset: offset + start, bytes: Array(bytes[start..<end])), to: &durable)
      }
      start = end
    }
  }

  private static func apply(_ change: Change, to image: inout [UInt8]) {
    switch change {
    case .truncate(let size):
      if size < image.count { image.removeLast(image.count - size) }
    case .write(let offset, let bytes):
      let end = offset + bytes.count
      if image.count < end { image.append(contentsOf: repeatElement(0, count: end - image.count)) }
      image.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyBytes(from: bytes) }
    }
  }
}
