import COpenSSL
import Glibc

/// The socket's bytes, plain or decrypted.
extension Connection {
  /// For clients that look at no certificate: what is measured is on this machine.
  static func makeTLSContext() -> OpaquePointer {
    guard let context = SSL_CTX_new(TLS_client_method()) else { fail("OpenSSL gives no context") }
    tls_set_usual_options(context)
    // OpenSSL writes without MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    return context
  }

  mutating func secure(_ context: OpaquePointer) {
    tls = SSL_new(context)
    SSL_set_fd(tls, descriptor)
    SSL_set_read_ahead(tls, 1)
    SSL_set_connect_state(tls)
  }

  mutating func endTLS() {
    SSL_free(tls)
    tls = nil
    awaitsReading = false
  }

  /// As `recv`: less than `most` means that nothing is left.
  mutating func receive(_ bytes: UnsafeMutablePointer<UInt8>, _ most: Int) -> Int {
    guard let tls else { return recv(descriptor, bytes, most, 0) }
    var count = 0
    while count < most {
      ERR_clear_error()
      let got = SSL_read(tls, bytes + count, Int32(most - count))
      if got <= 0 { return count > 0 ? count : outcome(tls, got) }
      count += Int(got)
    }
    return count
  }

  /// As `send`.
  mutating func send(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    guard let tls else { return Glibc.send(descriptor, bytes, count, Int32(MSG_NOSIGNAL)) }
    ERR_clear_error()
    awaitsReading = false
    let sent = SSL_write(tls, bytes, Int32(count))
    if sent > 0 { return Int(sent) }
    awaitsReading = SSL_get_error(tls, sent) == SSL_ERROR_WANT_READ
    return outcome(tls, sent)
  }

  /// What a call says that moved nothing: 0 at the end, -1 with `errno` else.
  private func outcome(_ tls: OpaquePointer, _ result: Int32) -> Int {
    switch SSL_get_error(tls, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
      errno = EAGAIN
      return -1
    case SSL_ERROR_ZERO_RETURN: return 0
    default:
      errno = EPROTO
      return -1
    }
  }
}
