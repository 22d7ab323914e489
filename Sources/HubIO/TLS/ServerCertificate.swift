private import COpenSSL
private import Glibc

/// One certificate with its key, ready to be served with: an OpenSSL context, set up as every context of the hub is.
@safe final class ServerCertificate: @unchecked Sendable {
  let context: OpaquePointer
  /// The DNS names in it, in lower case: exact ones, and `*.example.org`.
  let names: [String]
  /// What works, but should not stay so.
  let warnings: [String]

  /// What TLS 1.2 may use: forward secrecy and authenticated encryption. TLS 1.3 has nothing else.
  static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
  private static let sessionContext: [UInt8] = Array("roomcast".utf8)

  /// - Throws: ``TLSError`` that names the file.
  init(
    _ pair: TLSConfiguration.Pair, minimum: TLSConfiguration.Version, authorities: [PEMFile.Certificate]
  ) throws(TLSError) {
    let chain = try PEMFile.certificates(pair.certificate, what: "the certificate")
    let key = try PEMFile.key(pair.key)
    guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
      throw TLSError("TLS cannot be set up: \(OpenSSLError.takeReason())")
    }
    unsafe self.context = context
    names = Self.names(of: chain[0])
    warnings = [SecretFile.problem(pair.key), Self.expiry(of: chain[0], pair.certificate)].compactMap { $0 }
    try use(chain, key, of: pair)
    setUp(minimum)
    if !authorities.isEmpty { believe(authorities) }
  }

  deinit {
    unsafe SSL_CTX_free(context)
  }

  private func use(
    _ chain: [PEMFile.Certificate], _ key: PEMFile.Key, of pair: TLSConfiguration.Pair
  ) throws(TLSError) {
    guard unsafe X509_check_private_key(chain[0].pointer, key.pointer) == 1 else {
      OpenSSLError.clear()
      throw TLSError("the key in \(pair.key) does not belong to the certificate in \(pair.certificate)")
    }
    guard unsafe SSL_CTX_use_certificate(context, chain[0].pointer) == 1 else {
      throw TLSError("the certificate in \(pair.certificate) cannot be used: \(OpenSSLError.takeReason())")
    }
    guard unsafe SSL_CTX_use_PrivateKey(context, key.pointer) == 1 else {
      throw TLSError("the key in \(pair.key) cannot be used: \(OpenSSLError.takeReason())")
    }
    for certificate in chain.dropFirst() {
      guard unsafe tls_add_chain_certificate(context, certificate.pointer) == 1 else {
        throw TLSError("the chain in \(pair.certificate) cannot be used: \(OpenSSLError.takeReason())")
      }
    }
  }

  private func setUp(_ minimum: TLSConfiguration.Version) {
    unsafe tls_set_usual_options(context)
    _ = unsafe tls_set_min_proto_version(context, minimum == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION)
    _ = unsafe SSL_CTX_set_cipher_list(context, Self.ciphers)
    // Sessions live in tickets, at the client: the hub keeps none. The context of all is the same, since a session of
    // one certificate may be taken up under another.
    unsafe tls_set_session_cache_off(context)
    _ = unsafe SSL_CTX_set_session_id_context(context, Self.sessionContext, UInt32(Self.sessionContext.count))
    unsafe SSL_CTX_set_alpn_select_cb(
      context, { _, chosen, length, offered, count, _ in unsafe chooseProtocol(chosen, length, offered, count) }, nil)
  }

  /// A client may show a certificate of one of these; one of anybody else ends the handshake.
  private func believe(_ authorities: [PEMFile.Certificate]) {
    for authority in authorities {
      _ = unsafe X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.pointer)
      _ = unsafe SSL_CTX_add_client_CA(context, authority.pointer)
    }
    unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
  }

  // MARK: What stands in a certificate

  /// The DNS names among its alternative names (RFC 5280 section 4.2.1.6).
  private static func names(of certificate: PEMFile.Certificate) -> [String] {
    guard let found = unsafe X509_get_ext_d2i(certificate.pointer, NID_subject_alt_name, nil, nil) else { return [] }
    let list = OpaquePointer(found)
    defer { unsafe GENERAL_NAMES_free(list) }
    return unsafe (0..<tls_count_names(list)).compactMap { index in
      guard let name = unsafe tls_dns_name(tls_name_at(list, index)) else { return nil }
      return unsafe String(cString: name).lowercased()
    }
  }

  private static func expiry(of certificate: PEMFile.Certificate, _ path: String) -> String? {
    if unsafe X509_cmp_current_time(X509_get0_notAfter(certificate.pointer)) < 0 {
      return "the certificate in \(path) has expired"
    }
    let isTooEarly = unsafe X509_cmp_current_time(X509_get0_notBefore(certificate.pointer)) > 0
    return isTooEarly ? "the certificate in \(path) is not valid yet" : nil
  }
}

/// Takes `http/1.1` where a client offers it (RFC 7301); one that offers only others is told `no_application_protocol`.
private func chooseProtocol(
  _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
  _ offered: UnsafePointer<UInt8>?, _ count: UInt32
) -> Int32 {
  let wanted: StaticString = "http/1.1"
  guard let offered = unsafe offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
  var index = 0
  while index < Int(count) {
    let size = Int(unsafe offered[index])
    guard index + 1 + size <= Int(count) else { break }
    let name = unsafe offered + index + 1
    if size == wanted.utf8CodeUnitCount, unsafe memcmp(name, wanted.utf8Start, size) == 0 {
      unsafe chosen?.pointee = name
      unsafe length?.pointee = UInt8(size)
      return SSL_TLSEXT_ERR_OK
    }
    index += 1 + size
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}
