import HubRooms

/// Lets only so many bytes be read from Redis at once. A connection that follows channels may have few answers waiting at
/// the server (`client-output-buffer-limit pubsub`), which ends it where they are too many. Touched on its reactor only.
final class ReadWindow {
  /// What Redis allows a connection by itself is four times that.
  private static let size = 8 << 20

  private var taken = 0
  private var waiting = Queue<(bytes: Int, continuation: UnsafeContinuation<Void, Never>)>()

  /// Returns when `bytes` may be read; whoever came first is first. One that is too large waits for all others.
  func enter(_ bytes: Int) async {
    if waiting.isEmpty, fits(bytes) {
      taken += bytes
    } else {
      await withUnsafeContinuation { waiting.append((bytes, $0)) }
    }
  }

  func leave(_ bytes: Int) {
    taken -= bytes
    while let next = waiting.first, fits(next.bytes) {
      waiting.removeFirst()
      taken += next.bytes
      next.continuation.resume()
    }
  }

  private func fits(_ bytes: Int) -> Bool { taken == 0 || taken + bytes <= Self.size }
}
