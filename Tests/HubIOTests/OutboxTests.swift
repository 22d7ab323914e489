import HubIO
import HubTesting
import Testing

@Suite struct OutboxTests {
  /// What an outbox is: pieces one after another.
  private struct Model {
    var pieces: [(bytes: [UInt8], frames: Int)] = []
    /// How much of the first piece is gone.
    var sent = 0

    var bytes: [UInt8] { Array(pieces.flatMap(\.bytes).dropFirst(sent)) }

    mutating func drop(_ count: Int) {
      sent += count
      while let first = pieces.first, sent >= first.bytes.count {
        sent -= first.bytes.count
        pieces.removeFirst()
      }
    }
  }

  private static func first(_ outbox: Outbox) -> [UInt8] {
    outbox.withFirst { Array($0) }
  }

  private static func joined(_ outbox: Outbox, _ room: Int) -> [UInt8] {
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { Array($0.prefix(outbox.join(into: $0))) }
  }

  private static func pieces(_ outbox: Outbox, limit: Int) -> [[UInt8]] {
    outbox.withPieces(limit: limit) { $0.map { Array($0) } }
  }

  @Test func `whatever is appended and dropped, it holds the same bytes as one string would`() {
    for seed in Seeds.run(100) {
      var random = SeededRandom(seed: seed)
      var outbox = Outbox()
      var model = Model()
      for _ in 0..<200 {
        if random.once(in: 2) {
          let bytes = (0..<random.number(in: 0...20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          let frames = random.number(in: 1...5)
          outbox.append(bytes, frames: frames)
          if !bytes.isEmpty { model.pieces.append((bytes, frames)) }
        } else {
          let count = random.number(in: 0...min(model.bytes.count, random.once(in: 3) ? .max : 25))
          outbox.drop(count)
          model.drop(count)
        }
        #expect(outbox.byteCount == model.bytes.count, "ROOMCAST_SEED=\(seed)")
        let room = random.number(in: 1...40)
        #expect(Self.joined(outbox, room) == Array(model.bytes.prefix(room)), "ROOMCAST_SEED=\(seed)")
        #expect(outbox.frameCount == model.pieces.reduce(0) { $0 + $1.frames }, "ROOMCAST_SEED=\(seed)")
        #expect(outbox.isEmpty == model.pieces.isEmpty)
        #expect(outbox.hasOnePiece == (model.pieces.count <= 1))
        guard !outbox.isEmpty else { continue }
        #expect(Self.first(outbox) == Array(model.pieces[0].bytes.dropFirst(model.sent)), "ROOMCAST_SEED=\(seed)")
        let limit = random.number(in: 1...4)
        let pieces = Self.pieces(outbox, limit: limit)
        #expect(pieces.count == min(limit, model.pieces.count))
        #expect(model.bytes.starts(with: pieces.joined()), "ROOMCAST_SEED=\(seed)")
      }
    }
  }

  @Test func `an empty outbox admits anything, another only what fits both bounds`() {
    let limit = OutboxLimit(frames: 3, bytes: 10)
    var outbox = Outbox()
    #expect(outbox.admits(frames: 100, bytes: 1000, limit: limit))
    outbox.append([1, 2, 3, 4], frames: 2)
    #expect(outbox.admits(frames: 1, bytes: 6, limit: limit))
    #expect(!outbox.admits(frames: 2, bytes: 6, limit: limit))
    #expect(!outbox.admits(frames: 1, bytes: 7, limit: limit))
    outbox.drop(3)
    #expect(outbox.admits(frames: 1, bytes: 9, limit: limit))
    #expect(!outbox.admits(frames: 2, bytes: 1, limit: limit))
    outbox.drop(1)
    #expect(outbox.admits(frames: 100, bytes: 1000, limit: limit))
  }

  @Test func `nothing is left after all is removed`() {
    var outbox = Outbox()
    outbox.append([1, 2], frames: 1)
    outbox.append([3], frames: 4)
    outbox.drop(1)
    outbox.removeAll()
    #expect(outbox.isEmpty && outbox.byteCount == 0 && outbox.frameCount == 0)
    outbox.append([9], frames: 1)
    #expect(Self.first(outbox) == [9])
  }
}
