/// The bytes that wait for a socket, oldest first.
///
/// Operations: append at the back, hand out the front, drop what was sent. Goals: no allocation for the usual case of
/// one piece (it is stored inline), no copy (pieces are shared with every other outbox that holds the same burst), and a
/// bound that ``admits(frames:bytes:limit:)`` answers. A piece counts as the frames joined in it.
package struct Outbox {
  struct Piece {
    var bytes: [UInt8]
    var frames: Int
  }

  private var first: [UInt8] = []
  private var firstFrames: Int32 = 0
  /// How much of the first piece the socket has taken.
  private var sent: Int32 = 0
  private var rest: [Piece] = []
  private(set) package var byteCount = 0
  private(set) package var frameCount = 0

  package init() {}

  package var isEmpty: Bool { first.isEmpty }
  package var hasOnePiece: Bool { rest.isEmpty }

  /// Whether this much may join; an empty outbox takes anything, so that one large frame can always travel.
  package func admits(frames: Int, bytes: Int, limit: OutboxLimit) -> Bool {
    isEmpty || (frameCount + frames <= limit.frames && byteCount + bytes <= limit.bytes)
  }

  package mutating func append(_ bytes: [UInt8], frames: Int) {
    guard !bytes.isEmpty else { return }
    byteCount += bytes.count
    frameCount += frames
    if first.isEmpty {
      first = bytes
      firstFrames = Int32(frames)
    } else {
      rest.append(Piece(bytes: bytes, frames: frames))
    }
  }

  /// The unsent bytes of the oldest piece.
  package func withFirst<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    unsafe first.withUnsafeBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[Int(sent)...])) }
  }

  /// The oldest pieces, `limit` at most, without what was sent of the first.
  package func withPieces<Result>(
    limit: Int, _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Result
  ) -> Result {
    let count = min(limit, rest.count + 1)
    return unsafe withUnsafeTemporaryAllocation(of: UnsafeRawBufferPointer.self, capacity: count) { pieces in
      // The pointers stay good after their closures: the arrays are held by `self`, and array storage does not move.
      unsafe pieces[0] = unsafe first.withUnsafeBytes { unsafe UnsafeRawBufferPointer(rebasing: $0[Int(sent)...]) }
      for index in 1..<max(1, count) { unsafe pieces[index] = rest[index - 1].bytes.withUnsafeBytes { unsafe $0 } }
      return unsafe body(UnsafeBufferPointer(pieces))
    }
  }

  /// Copies as many of the oldest unsent bytes as `buffer` holds.
  package func join(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    var index = -1
    while index < rest.count, count < buffer.count {
      let piece = index < 0 ? first[Int(sent)...] : rest[index].bytes[...]
      let part = piece.prefix(buffer.count - count)
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(from: part)
      count += part.count
      index += 1
    }
    return count
  }

  /// Forgets `count` bytes from the front: the socket has them.
  package mutating func drop(_ count: Int) {
    byteCount -= count
    var left = count + Int(sent)
    guard left >= first.count else {
      sent = Int32(left)
      return
    }
    left -= first.count
    frameCount -= Int(firstFrames)
    var taken = 0
    while taken < rest.count, left >= rest[taken].bytes.count {
      left -= rest[taken].bytes.count
      frameCount -= rest[taken].frames
      taken += 1
    }
    advance(past: taken)
    sent = Int32(left)
  }

  private mutating func advance(past taken: Int) {
    guard taken < rest.count else {
      first = []
      firstFrames = 0
      rest = []
      return
    }
    first = rest[taken].bytes
    firstFrames = Int32(rest[taken].frames)
    rest.removeSubrange(0...taken)
  }

  package mutating func removeAll() {
    self = Outbox()
  }
}

/// How much may wait for one connection.
package struct OutboxLimit: Sendable {
  package var frames: Int
  package var bytes: Int

  package init(frames: Int, bytes: Int) {
    self.frames = frames
    self.bytes = bytes
  }
}
