import Glibc

/// Bytes that wait: of a connection's output, or of a frame that has not arrived whole. Holds no memory while it is empty.
struct ByteQueue {
  private var base: UnsafeMutablePointer<UInt8>?
  private var start = 0
  private var end = 0
  private var capacity = 0

  var count: Int { end - start }

  /// The waiting bytes; only while `count` is above 0.
  var bytes: UnsafeMutablePointer<UInt8> { base! + start }

  mutating func append(_ bytes: UnsafePointer<UInt8>, count added: Int) {
    guard added > 0 else { return }
    memcpy(room(for: added), bytes, added)
    end += added
  }

  /// Adds what `fill` writes to the `most` bytes that it is given; it returns how many those were.
  @inline(__always)
  mutating func append(most: Int, fill: (UnsafeMutablePointer<UInt8>) -> Int) {
    end += fill(room(for: most))
  }

  /// Takes bytes off the front; the memory stays for the next ones until `release`.
  mutating func consume(_ taken: Int) {
    start += taken
    if start == end {
      start = 0
      end = 0
    }
  }

  mutating func release() {
    free(base)
    self = ByteQueue()
  }

  private mutating func room(for added: Int) -> UnsafeMutablePointer<UInt8> {
    if end + added > capacity {
      if start > 0, let base {
        memmove(base, base + start, count)
        end -= start
        start = 0
      }
      if end + added > capacity {
        capacity = max(capacity * 2, end + added, 256)
        base = realloc(base, capacity)?.assumingMemoryBound(to: UInt8.self)
        precondition(base != nil, "out of memory")
      }
    }
    return base! + end
  }
}
