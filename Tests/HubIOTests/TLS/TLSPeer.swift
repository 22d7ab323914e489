import COpenSSL
import Glibc

/// A TLS client on a socket, by OpenSSL, that does what it is told and never blocks.
final class TLSPeer {
  private let context: OpaquePointer
  private let session: OpaquePointer
  private let descriptor: Int32
  private(set) var received: [UInt8] = []
  /// The peer has said its end.
  private(set) var hasEnded = false
  private(set) var hasFailed = false
  private var output: [UInt8] = []

  /// - Parameter certificate: path of the client's own certificate, without `.pem` and `.key`.
  init(descriptor: Int32, version: Int32, certificate: String? = nil) {
    self.descriptor = descriptor
    context = SSL_CTX_new(TLS_client_method())
    tls_set_usual_options(context)
    _ = tls_set_min_proto_version(context, version)
    _ = tls_set_max_proto_version(context, version)
    if let certificate {
      SSL_CTX_use_certificate_chain_file(context, certificate + ".pem")
      SSL_CTX_use_PrivateKey_file(context, certificate + ".key", SSL_FILETYPE_PEM)
    }
    session = SSL_new(context)
    SSL_set_fd(session, descriptor)
    SSL_set_connect_state(session)
  }

  deinit {
    SSL_free(session)
    SSL_CTX_free(context)
    close(descriptor)
  }

  func write(_ bytes: [UInt8]) { output += bytes }

  /// Takes new keys, and has the other side take some where `both` (RFC 8446 section 4.6.3).
  func updateKeys(both: Bool) {
    if SSL_is_init_finished(session) == 1, SSL_version(session) == TLS1_3_VERSION {
      SSL_key_update(session, both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED)
    }
  }

  func sayEnd() { SSL_shutdown(session) }

  /// Writes what waits, and reads `most` bytes at most.
  func step(most: Int) {
    ERR_clear_error()
    while !output.isEmpty {
      let sent = SSL_write(session, output, Int32(output.count))
      if sent <= 0 { break }
      output.removeFirst(Int(sent))
    }
    guard most > 0 else { return }
    ERR_clear_error()
    var chunk = [UInt8](repeating: 0, count: most)
    let got = SSL_read(session, &chunk, Int32(most))
    if got > 0 {
      received += chunk[..<Int(got)]
      return
    }
    switch SSL_get_error(session, got) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: break
    case SSL_ERROR_ZERO_RETURN: hasEnded = true
    default: hasFailed = true
    }
  }
}
