import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// What is left of a damaged store comes out, and what does not is told.
@Suite struct StoreRescueTests {
  /// Many pages of events, in rooms one after the other.
  private static func directory() async throws -> TemporaryDirectory {
    let rig = try EngineRig()
    for room in ["a", "b", "c"] {
      for part in 0..<6 {
        let batch = (1...10).map { StoreSamples.append("\"\(part * 10 + $0) \(String(repeating: "x", count: 200))\"") }
        _ = await rig.append(batch, to: room)
      }
    }
    rig.disk?.stop()
    return rig.directory
  }

  @Test func `with any page broken, all other events come out`() async throws {
    let directory = try await Self.directory()
    let lines = try StoreSamples.export(directory)
    #expect(lines.count == 180)
    var small = 0
    for page in 1..<directory.size / Self.page {
      let before = directory.bytes(Self.page, at: page * Self.page)
      directory.overwrite([UInt8](repeating: 0xA5, count: Self.page), at: page * Self.page)
      defer { directory.overwrite(before, at: page * Self.page) }
      guard let (rest, report) = try? StoreSamples.report(directory) else { continue }
      let events = rest.filter { $0.contains("\"event\"") }
      // In their order, and nothing else among them.
      let left = Set(events)
      #expect(events == lines.filter { left.contains($0) }, "page \(page)")
      #expect(report.events == events.count)
      let lost = lines.count - events.count
      #expect(lost == 0 || report.lossCount > 0, "page \(page)")
      // As many as stand on one page.
      if (1...20).contains(lost) { small += 1 }
    }
    #expect(small > 8)
    #expect(try StoreSamples.export(directory) == lines)
  }

  private static let page = 4096

  @Test func `rows that make no sense are passed over and told`() async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(
      directory,
      """
      UPDATE events SET data = '{' WHERE room = 1 AND offset = 2;
      DELETE FROM events WHERE room = 1 AND offset > 3;
      UPDATE rooms SET epoch = '' WHERE id = 2
      """)
    let (lines, report) = try StoreSamples.report(directory)
    #expect(lines.count == 3 && report.events == 2)
    #expect(lines.last?.contains("\"event\"") == false)
    #expect(report.lossCount == 3)
    #expect(report.losses[0].hasPrefix("a: the event 2: its data is not valid JSON"))
    #expect(report.losses[1] == "a: the events 4 to 5 are missing")
    #expect(report.losses[2].hasPrefix("the room \"b:1\""))
  }

  @Test func `what is left goes into a new store up to its first hole`() async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(directory, "DELETE FROM events WHERE room = 1 AND offset = 3")
    let lines = try StoreSamples.report(directory).lines
    let copy = TemporaryDirectory()
    let (report, refused) = try StoreSamples.load(lines, into: copy, newEpochs: true)
    #expect(refused.keys.sorted() == [3] && report.leftOut == 1 && report.events == 7)
    #expect(try StoreSamples.check(copy).isRight)
  }
}
