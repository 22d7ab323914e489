/// One direction of a link: bytes under way, and bytes that have arrived and wait to be read. A pure value.
///
/// Both are bounded, so that a sender whose peer does not read is told to wait, as by a socket.
package struct SimulatedPipe: Sendable {
  /// How many bytes may be under way: the sender's buffer.
  package var capacity: Int
  /// How many bytes may wait to be read: the receiver's window.
  package var window: Int

  private var underWay = ByteQueue()
  private var arrived = ByteQueue()
  /// The sender has ended; the end travels behind the bytes.
  private var endIsUnderWay = false
  package private(set) var endHasArrived = false
  /// The sender found no space since there was some: it must be told of the next.
  private var senderWaits = false

  package init(capacity: Int, window: Int) {
    self.capacity = capacity
    self.window = window
  }

  package var space: Int { max(0, capacity - underWay.count) }
  package var underWayCount: Int { underWay.count }
  package var arrivedCount: Int { arrived.count }
  package var isReadable: Bool { !arrived.isEmpty || endHasArrived }
  package var hasEnded: Bool { endIsUnderWay || endHasArrived }
  /// Something could pass if the link let it.
  package var isMoving: Bool {
    (!underWay.isEmpty && arrived.count < window) || (underWay.isEmpty && endIsUnderWay && !endHasArrived)
  }

  /// Takes what fits, at most `limit` bytes; 0 where nothing does, and then the sender will be told.
  package mutating func send(_ bytes: UnsafeRawBufferPointer, limit: Int = .max) -> Int {
    let count = min(bytes.count, space, limit)
    underWay.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    if count < bytes.count, space == 0 { senderWaits = true }
    return count
  }

  package mutating func end() {
    endIsUnderWay = true
  }

  /// What ``pass(_:)`` has changed for the two ends.
  package struct Passage: Sendable {
    package var hasArrived = false
    package var hasMadeSpace = false
  }

  /// Lets up to `limit` bytes pass, and the end behind the last.
  package mutating func pass(_ limit: Int) -> Passage {
    var passage = Passage()
    let count = min(limit, underWay.count, max(0, window - arrived.count))
    if count > 0 {
      underWay.move(count, to: &arrived)
      passage.hasArrived = true
      if senderWaits {
        senderWaits = false
        passage.hasMadeSpace = true
      }
    }
    if underWay.isEmpty, endIsUnderWay, !endHasArrived {
      endHasArrived = true
      passage.hasArrived = true
    }
    return passage
  }

  /// Reads what has arrived.
  package mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    arrived.take(into: buffer)
  }

  /// Copies what has arrived, and leaves it there.
  package func peek(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var copy = arrived
    return copy.take(into: buffer)
  }

  package mutating func receive(_ limit: Int) -> [UInt8] {
    let count = min(limit, arrived.count)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = arrived.take(
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
    }
  }

  /// Loses everything.
  package mutating func clear() {
    underWay = ByteQueue()
    arrived = ByteQueue()
    endIsUnderWay = false
  }
}

/// Bytes, first in, first out.
struct ByteQueue: Sendable {
  private var storage: [UInt8] = []
  private var head = 0

  var count: Int { storage.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    storage.append(contentsOf: bytes)
  }

  mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(count, buffer.count)
    storage.withUnsafeBytes { source in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[head..<head + count]))
    }
    drop(count)
    return count
  }

  mutating func move(_ count: Int, to other: inout ByteQueue) {
    storage.withUnsafeBytes { other.append(UnsafeRawBufferPointer(rebasing: $0[head..<head + count])) }
    drop(count)
  }

  private mutating func drop(_ count: Int) {
    head += count
    if head == storage.count {
      storage.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 4096, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
  }
}
