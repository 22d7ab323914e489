private import COpenSSL
private import Glibc

/// The TLS side of one ``Channel``: OpenSSL on the channel's own socket, so that the kernel can encrypt where it offers to.
///
/// Belongs to the channel's reactor. The handshake runs within the first reads and writes.
@safe package final class TLSSession {
  private let session: OpaquePointer
  /// Whose end of the connection this is, and what is kept for it.
  private enum Side {
    /// The certificates are kept for as long as a handshake may choose one of them.
    case server(CertificateSet, TLSContext)
    case client(TLSClientSide)
  }
  private let side: Side
  private unowned(unsafe) let reactor: Reactor

  private enum Phase {
    case handshake, established
    /// Nothing more can be sent: it failed, or the end was said.
    case over
  }
  private var phase = Phase.handshake

  /// Reading goes on when the socket takes bytes again, and writing when some have arrived: either may need the other in
  /// a handshake or an exchange of keys.
  private(set) var readAwaitsWrite = false
  private(set) var writeAwaitsRead = false
  /// The end was to be said, and the socket did not take it.
  private(set) var isEndDue = false

  /// It is not known yet whether anything can be sent.
  package var isShaking: Bool { phase == .handshake }

  /// Takes `session` over.
  init(
    _ session: OpaquePointer, descriptor: Int32, certificates: CertificateSet, context: TLSContext, reactor: Reactor
  ) {
    unsafe self.session = session
    side = .server(certificates, context)
    unsafe self.reactor = reactor
    begin(on: descriptor)
    unsafe SSL_set_accept_state(session)
  }

  /// The same for a connection that this side has opened.
  init(_ session: OpaquePointer, descriptor: Int32, client: TLSClientSide, reactor: Reactor) {
    unsafe self.session = session
    side = .client(client)
    unsafe self.reactor = reactor
    begin(on: descriptor)
    unsafe SSL_set_connect_state(session)
  }

  private func begin(on descriptor: Int32) {
    _ = unsafe SSL_set_fd(session, descriptor)
    // One system call for what has arrived, not one for each record's head and one for its body.
    unsafe SSL_set_read_ahead(session, 1)
  }

  deinit {
    endHandshake(done: false)
    unsafe SSL_free(session)
  }

  // MARK: Receiving

  enum Outcome {
    /// The buffer is full.
    case full
    /// The socket is empty, and what OpenSSL held as well.
    case waits
    /// The peer has ended the stream, or what it sent cannot be trusted.
    case over
  }

  /// Decrypts into `buffer` until that is full or nothing is left: only then does OpenSSL give its own buffer back, and
  /// only then will an edge tell of more.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> (count: Int, outcome: Outcome) {
    readAwaitsWrite = false
    var count = 0
    while count < buffer.count {
      OpenSSLError.clear()
      let got = unsafe SSL_read(session, buffer.baseAddress! + count, Int32(buffer.count - count))
      if phase == .handshake { lookAtHandshake() }
      if got > 0 {
        count += Int(got)
        continue
      }
      switch unsafe SSL_get_error(session, got) {
      case SSL_ERROR_WANT_READ: return (count, .waits)
      case SSL_ERROR_WANT_WRITE:
        readAwaitsWrite = true
        return (count, .waits)
      // The peer's close_notify ends its side alone: this one may still send.
      case SSL_ERROR_ZERO_RETURN: return (count, .over)
      default:
        fail()
        return (count, .over)
      }
    }
    return (count, .full)
  }

  // MARK: Sending

  /// One record at most: how many bytes it took, or a negated `errno`. After `EAGAIN` the same bytes must come again.
  func send(_ bytes: UnsafeRawBufferPointer) -> Int {
    writeAwaitsRead = false
    if phase == .over { return -Int(EPIPE) }
    OpenSSLError.clear()
    let sent = unsafe SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
    if phase == .handshake { lookAtHandshake() }
    if sent > 0 { return Int(sent) }
    switch unsafe SSL_get_error(session, sent) {
    case SSL_ERROR_WANT_WRITE: return -Int(EAGAIN)
    case SSL_ERROR_WANT_READ:
      writeAwaitsRead = true
      return -Int(EAGAIN)
    default:
      fail()
      return -Int(EPIPE)
    }
  }

  /// Says the end (`close_notify`, RFC 8446 section 6.1), so that the peer can tell it from a cut.
  /// - Returns: false where the socket does not take it now: call again when it does.
  func sayEnd() -> Bool {
    isEndDue = false
    guard phase == .established else { return true }
    OpenSSLError.clear()
    let result = unsafe SSL_shutdown(session)
    if result < 0, unsafe SSL_get_error(session, result) == SSL_ERROR_WANT_WRITE {
      isEndDue = true
      return false
    }
    OpenSSLError.clear()
    phase = .over
    return true
  }

  /// The connection is closed from this side.
  func leave(canSend: Bool) {
    if canSend { _ = sayEnd() }
    endHandshake(done: false)
    phase = .over
  }

  /// Bytes that went to the socket, the handshake's included.
  var bytesWritten: UInt64 { unsafe BIO_number_written(SSL_get_wbio(session)) }

  // MARK: The handshake

  /// The common name in the subject of the client's certificate, which an authority of the hub has signed; nil without,
  /// and where the hub's authorities are others now.
  package var peerName: String? {
    guard case .server(let certificates, let context) = side, unsafe SSL_get_verify_result(session) == X509_V_OK,
      let certificate = unsafe SSL_get0_peer_certificate(session), context.verifies(by: certificates.authorities)
    else { return nil }
    let subject = unsafe X509_get_subject_name(certificate)
    let index = unsafe X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    guard index >= 0 else { return nil }
    let value = unsafe X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))
    var text: UnsafeMutablePointer<UInt8>?
    let length = unsafe ASN1_STRING_to_UTF8(&text, value)
    guard length >= 0, let text = unsafe text else { return nil }
    defer { unsafe CRYPTO_free(text, nil, 0) }
    return unsafe String(validating: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
  }

  /// Whether the kernel encrypts what is sent.
  package var usesKernelTLS: Bool { unsafe tls_is_sent_by_kernel(session) == 1 }

  private func lookAtHandshake() {
    if unsafe SSL_is_init_finished(session) == 1 { endHandshake(done: true) }
  }

  private func endHandshake(done: Bool) {
    guard phase == .handshake else { return }
    phase = done ? .established : .over
    guard case .server(_, let context) = side else { return }
    context.handshakeEnded()
    if done {
      unsafe reactor.statistics.handshakesDone += 1
      context.handshakeDone(byKernel: usesKernelTLS)
    } else {
      unsafe reactor.statistics.handshakesFailed += 1
    }
  }

  /// What OpenSSL thinks of the connection is known; nothing may be sent on it after that.
  private func fail() {
    if case .client(let client) = side, phase == .handshake { client.failure = handshakeProblem() }
    OpenSSLError.clear()
    endHandshake(done: false)
    phase = .over
  }

  /// What the server side serves with; nil on a client's.
  var certificates: CertificateSet? {
    if case .server(let certificates, _) = side { certificates } else { nil }
  }

  /// Why the handshake with a server failed; nil while it has not, and for a client's.
  package var failure: String? {
    if case .client(let client) = side { client.failure } else { nil }
  }

  /// What is wrong with the server's certificate, or with the handshake.
  private func handshakeProblem() -> String {
    let result = unsafe SSL_get_verify_result(session)
    if result != Int(X509_V_OK) {
      let reason = unsafe String(cString: X509_verify_cert_error_string(result))
      return "the server's certificate is not believed: \(reason)"
    }
    if ERR_peek_error() == 0 { return "the connection was lost during the TLS handshake" }
    return "the TLS handshake failed: \(OpenSSLError.takeReason())"
  }
}
