/// Leads to a ``SimulatedDisk`` until its power goes.
///
/// SQLite keeps pointers to what it was given for as long as a connection is open, and the connections of a hub that was
/// dropped are never closed: so this stays for good, and leads nowhere.
final class SimulatedPower {
  weak var disk: SimulatedDisk?
  let sectorSize: Int

  init(sectorSize: Int) {
    self.sectorSize = sectorSize
  }
}
