import COpenSSL
import Glibc

/// The socket's bytes, plain or decrypted.
extension Connection {
  static func makeTLSContext(_ encryption: LoadOptions.Encryption) throws(LoadError) -> OpaquePointer {
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw LoadError(.failure, "OpenSSL gives no context") }
    tls_set_usual_options(context)
    if case .checked(let file) = encryption {
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
      let isRead =
        file.map { SSL_CTX_load_verify_locations(context, $0, nil) } ?? SSL_CTX_set_default_verify_paths(context)
      if isRead != 1 {
        SSL_CTX_free(context)
        throw LoadError(.failure, "OpenSSL cannot use \(file ?? "the system's authorities")")
      }
    }
    // OpenSSL writes without MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    return context
  }

  static func freeTLSContext(_ context: OpaquePointer) {
    SSL_CTX_free(context)
  }

  /// - Parameter host: whose certificate it must be, where the context checks it.
  mutating func secure(_ context: OpaquePointer, host: String) {
    tls = SSL_new(context)
    precondition(tls != nil, "OpenSSL has no memory for a connection")
    if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) != 1 {
      // A name, and not an address: it is asked for too (RFC 6066 section 3).
      ERR_clear_error()
      SSL_set1_host(tls, host)
      _ = tls_set_server_name(tls, host)
    }
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

  /// Why the server's certificate was not believed, if it was looked at.
  var certificateProblem: String? {
    guard let tls else { return nil }
    let result = SSL_get_verify_result(tls)
    guard result != Int(X509_V_OK), SSL_CTX_get_verify_mode(SSL_get_SSL_CTX(tls)) != SSL_VERIFY_NONE else { return nil }
    return String(cString: X509_verify_cert_error_string(result))
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
