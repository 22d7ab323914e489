private import COpenSSL
private import Glibc

/// What connections that this side opens are encrypted with: which authorities are believed about who a server is.
///
/// Immutable and shared by all connections; a reload makes another one. Versions and ciphers are those that the hub
/// itself serves with.
@safe package final class TLSClientContext: @unchecked Sendable {
  private let context: OpaquePointer

  /// Reads and checks the file; it blocks for as long as that takes.
  /// - Parameter authorities: file of the authorities that are believed, in PEM form; nil for those of the system.
  /// - Throws: ``TLSError`` that names the file.
  package init(authorities: String? = nil) throws(TLSError) {
    let believed = try authorities.map { file throws(TLSError) in
      try PEMFile.certificates(file, what: "the authorities")
    }
    BrokenPipe.ignore()
    guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
      throw TLSError("TLS cannot be set up: \(OpenSSLError.takeReason())")
    }
    unsafe self.context = context
    unsafe tls_set_usual_options(context)
    _ = unsafe tls_set_min_proto_version(context, TLS1_2_VERSION)
    _ = unsafe SSL_CTX_set_cipher_list(context, ServerCertificate.ciphers)
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    guard let believed else {
      guard unsafe SSL_CTX_set_default_verify_paths(context) == 1 else {
        throw TLSError("the system's authorities cannot be used: \(OpenSSLError.takeReason())")
      }
      return
    }
    for authority in believed { _ = unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.pointer) }
    OpenSSLError.clear()
  }

  deinit {
    unsafe SSL_CTX_free(context)
  }

  /// The client side of a connection to `host`, whose certificate must be for that name or address.
  package func session(on channel: Channel, to host: String) -> TLSSession {
    unsafe session(on: channel.descriptor, to: host, reactor: channel.reactor)
  }

  /// The same on any socket.
  func session(on descriptor: Int32, to host: String, reactor: Reactor) -> TLSSession {
    guard let session = unsafe SSL_new(context) else { preconditionFailure("OpenSSL has no memory for a connection") }
    if unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1 {
      // A name, and not an address: it is asked for too (RFC 6066 section 3).
      OpenSSLError.clear()
      unsafe SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
      let isChecked = unsafe SSL_set1_host(session, host) == 1
      precondition(isChecked, "OpenSSL does not check names")
      _ = unsafe tls_set_server_name(session, host)
    }
    return unsafe TLSSession(session, descriptor: descriptor, client: TLSClientSide(context: self), reactor: reactor)
  }
}

/// What a connection that this side opened keeps of it.
final class TLSClientSide {
  let context: TLSClientContext
  /// Why the handshake failed.
  var failure: String?

  init(context: TLSClientContext) {
    self.context = context
  }
}
