private import Glibc

/// A stream socket on its reactor: what arrives, and the outbox of what leaves. Touched on the reactor's thread only.
///
/// Writing: ``push(_:frames:)`` queues, the end of the turn flushes with one send. Where the socket would block, the
/// owner is told once and starts its write task, which waits with ``waitWritable()`` and calls ``flush()``; until then
/// nobody else writes, so there is exactly one writer at any time.
@safe package final class Channel: Handle, @unchecked Sendable {
  /// Told of what the channel cannot settle by itself. Not retained, and not weak, which would cost each connection a
  /// side table: the owner clears it before it goes.
  package unowned(unsafe) var owner: (any ChannelOwner)?

  package private(set) var outbox = Outbox()
  /// What encrypts; nil on a plain connection.
  package internal(set) var tls: TLSSession?
  /// Closed: nothing is sent or received any more.
  package private(set) var isClosed = false
  /// The socket took less than it was given; the write task goes on.
  package private(set) var isBlocked = false

  /// Bytes that the socket has taken.
  private var taken: UInt64 = 0
  var isReadable = false
  /// The end is behind what can be taken now, and no further readiness will tell of it.
  private var isEndDue = false
  private var isFlushDue = false
  private var readWaiter: UnsafeContinuation<Void, Never>?
  private var writeWaiter: UnsafeContinuation<Void, Never>?

  /// The connection is not established yet; the first readiness to write says that it is, or has failed.
  func beginConnecting() {
    isBlocked = true
  }

  // MARK: Readiness

  package override func becameReady(_ readiness: Readiness) {
    var readiness = readiness
    if let tls { readiness = translate(readiness, tls) }
    if readiness.contains(.write), isBlocked {
      isBlocked = false
      if let waiter = unsafe writeWaiter {
        unsafe writeWaiter = nil
        unsafe waiter.resume()
      }
    }
    if readiness.contains(.end) { isEndDue = true }
    if readiness.contains(.read) {
      isReadable = true
      if let waiter = unsafe readWaiter {
        unsafe readWaiter = nil
        unsafe waiter.resume()
      }
    }
  }

  /// Returns when ``receive()`` may find something: bytes, the end, or a close from this side.
  package func waitReadable() async {
    if isReadable || isClosed { return }
    unsafe await withUnsafeContinuation { unsafe readWaiter = $0 }
  }

  /// Makes ``waitReadable()`` return, though nothing has arrived: its task must look at something else.
  package func interruptRead() {
    guard let waiter = unsafe readWaiter else { return }
    unsafe readWaiter = nil
    unsafe waiter.resume()
  }

  /// Returns when a blocked socket takes bytes again, or the channel is closed.
  package func waitWritable() async {
    if !isBlocked || isClosed { return }
    unsafe await withUnsafeContinuation { unsafe writeWaiter = $0 }
  }

  // MARK: Receiving

  package enum Received {
    /// So many bytes are at the start of the reactor's receive buffer.
    case bytes(Int)
    /// Nothing now; ``waitReadable()`` tells when.
    case nothing
    /// The peer has ended the stream, or the connection broke.
    case end
  }

  /// Takes what has arrived into the reactor's receive buffer, which must be consumed before anything suspends.
  package func receive() -> Received {
    if isClosed { return .end }
    // Asking a socket that is known to be empty costs a system call a request.
    if !isReadable { return .nothing }
    if let tls { return receive(tls) }
    let buffer = unsafe reactor.receiveBuffer
    let count = unsafe reactor.kernel.receive(descriptor, into: buffer)
    if count > 0 {
      // Edge-triggered: a short read has emptied the socket, and the next arrival will be reported.
      isReadable = count == buffer.count || isEndDue
      return .bytes(count)
    }
    if count == -Int(EAGAIN) {
      isReadable = false
      return .nothing
    }
    return count == -Int(EINTR) ? .nothing : .end
  }

  /// Copies up to `limit` bytes of what has arrived into the reactor's receive buffer, and leaves them there: all of it,
  /// from the first, however often it is asked. ``waitReadable()`` tells when there are more; at the end of the stream
  /// it is an end if the caller has seen all of it before.
  ///
  /// - Parameter seen: how many bytes the caller has looked at already.
  package func peek(_ limit: Int, seen: Int) -> Received {
    if isClosed { return .end }
    if !isReadable { return .nothing }
    let buffer = unsafe UnsafeMutableRawBufferPointer(rebasing: reactor.receiveBuffer[..<limit])
    let count = unsafe reactor.kernel.peek(descriptor, into: buffer)
    if count > seen { return .bytes(count) }
    if count > 0, isEndDue { return .end }
    if count > 0 || count == -Int(EAGAIN) {
      isReadable = false
      return .nothing
    }
    return count == -Int(EINTR) ? .nothing : .end
  }

  /// Takes so many bytes that have been peeked at; what is behind them is received next.
  package func skip(_ count: Int) {
    if isClosed { return }
    _ = unsafe reactor.kernel.receive(
      descriptor, into: UnsafeMutableRawBufferPointer(rebasing: reactor.receiveBuffer[..<count]))
  }

  // MARK: Sending

  /// Queues bytes that count as `frames`; they leave at the end of the turn.
  package func push(_ bytes: [UInt8], frames: Int = 1) {
    if isClosed { return }
    outbox.append(bytes, frames: frames)
    if !isFlushDue && !isBlocked {
      isFlushDue = true
      unsafe reactor.flushAfterTurn(self)
    }
  }

  /// The same within `limit`: false, and nothing queued, where the outbox has no room for it even after what the socket
  /// takes now. So a burst larger than an outbox pushes nobody out who reads.
  package func offer(_ bytes: [UInt8], frames: Int, limit: OutboxLimit) -> Bool {
    if !outbox.admits(frames: frames, bytes: bytes.count, limit: limit) {
      if !isBlocked { flush() }
      guard outbox.admits(frames: frames, bytes: bytes.count, limit: limit) else { return false }
    }
    push(bytes, frames: frames)
    return true
  }

  /// Sends what is queued until it is gone or the socket would block.
  package func flush() {
    isFlushDue = false
    while !outbox.isEmpty, !isClosed {
      let count = sendOnce()
      if count < 0 {
        if count == -Int(EAGAIN) { return block() }
        if count == -Int(EINTR) { continue }
        outbox.removeAll()
        unsafe owner?.channelBroke(self)
        return
      }
      unsafe reactor.statistics.sends += 1
      unsafe reactor.statistics.bytesSent += UInt64(count)
      taken += UInt64(count)
      outbox.drop(count)
    }
    if outbox.isEmpty { drained() }
  }

  private func sendOnce() -> Int {
    if let tls { return sendOnce(tls) }
    if outbox.hasOnePiece {
      return unsafe outbox.withFirst { unsafe reactor.kernel.send(descriptor, $0) }
    }
    return unsafe outbox.withPieces(limit: 64) { unsafe reactor.kernel.send(descriptor, pieces: $0) }
  }

  private func block() {
    isBlocked = true
    unsafe owner?.channelBlocked(self)
  }

  // MARK: Draining and closing

  private var drainWaiters: [UnsafeContinuation<Void, Never>] = unsafe []

  private func drained() {
    guard unsafe !drainWaiters.isEmpty else { return }
    let waiters = unsafe drainWaiters
    unsafe drainWaiters = []
    for index in unsafe waiters.indices { unsafe waiters[index].resume() }
  }

  /// Returns when everything pushed so far has been taken by the socket, or the channel is closed.
  package func waitDrained() async {
    if outbox.isEmpty || isClosed { return }
    unsafe await withUnsafeContinuation { unsafe drainWaiters.append($0) }
  }

  /// How many bytes the peer has acknowledged since the connection began.
  package var acknowledged: UInt64 {
    if isClosed { return taken }
    let sent = tls?.bytesWritten ?? taken
    // Where the kernel encrypts, its queue holds more bytes than were given to it.
    return sent - min(sent, UInt64(unsafe reactor.kernel.unacknowledged(descriptor)))
  }

  /// Ends this side's stream after what was flushed; the peer can still be read.
  package func shutdownSending() {
    if isClosed { return }
    if let tls, !tls.sayEnd() { return }
    unsafe reactor.kernel.shutdownSending(descriptor)
  }

  /// Ends the connection: waiters return, the descriptor is closed at the end of the turn.
  package func close() {
    if isClosed { return }
    isClosed = true
    tls?.leave(canSend: !isBlocked)
    outbox.removeAll()
    unsafe reactor.bury(self)
    unsafe readWaiter?.resume()
    unsafe writeWaiter?.resume()
    unsafe readWaiter = nil
    unsafe writeWaiter = nil
    drained()
  }
}

/// Who runs the tasks of a channel. Both calls come from within a flush, and must only start or wake tasks.
package protocol ChannelOwner: AnyObject {
  /// The socket takes no more for now: a write task must wait and flush.
  func channelBlocked(_ channel: Channel)
  /// Sending failed: the connection is gone.
  func channelBroke(_ channel: Channel)
}
