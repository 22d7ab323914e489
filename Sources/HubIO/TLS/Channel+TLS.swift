/// The encrypted path, beside the plain one.
extension Channel {
  /// Encrypts from here on. Before anything is sent or received.
  package func secure(with session: TLSSession) {
    tls = session
  }

  /// The same as ``receive()`` does with plain bytes.
  func receive(_ tls: TLSSession) -> Received {
    let (count, outcome) = unsafe tls.receive(into: reactor.receiveBuffer)
    // At the end it stays readable, so that whoever asks again is told of the end again.
    isReadable = outcome != .waits
    if count > 0 { return .bytes(count) }
    return outcome == .over ? .end : .nothing
  }

  /// One record of what waits: small pieces are joined, so that the frames of a turn share one record and one send.
  func sendOnce(_ tls: TLSSession) -> Int {
    if outbox.hasOnePiece { return unsafe outbox.withFirst { unsafe tls.send($0) } }
    let buffer = unsafe reactor.recordBuffer
    let count = unsafe outbox.join(into: buffer)
    return unsafe tls.send(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }

  /// What readiness means for reading and writing, when either may wait for the other.
  func translate(_ readiness: Readiness, _ tls: TLSSession) -> Readiness {
    var readiness = readiness
    let canWrite = readiness.contains(.write)
    if readiness.contains(.read), tls.writeAwaitsRead { readiness.insert(.write) }
    if canWrite, tls.readAwaitsWrite { readiness.insert(.read) }
    if canWrite, tls.isEndDue { shutdownSending() }
    return readiness
  }
}
