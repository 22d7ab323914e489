/// Memory that everybody shares who has one file of a ``SimulatedDisk`` open. It is no part of the disk.
final class SimulatedSharedMemory {
  private var regions: [UnsafeMutableRawPointer] = []

  /// The region of that number; nil where there is none and none is to be made.
  func region(_ index: Int, size: Int, makes: Bool) -> UnsafeMutableRawPointer? {
    while regions.count <= index {
      if !makes { return nil }
      let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
      region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      regions.append(region)
    }
    return regions[index]
  }

  /// Nobody has it mapped any more.
  func clear() {
    for region in regions { region.deallocate() }
    regions = []
  }

  deinit {
    clear()
  }
}
