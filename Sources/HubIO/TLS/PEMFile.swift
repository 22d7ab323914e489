private import COpenSSL

/// Reads what is in PEM files.
enum PEMFile {
  /// A certificate or key of OpenSSL, let go of with its last owner.
  @safe final class Certificate {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
    deinit { unsafe X509_free(pointer) }

    /// SHA-256 over the whole certificate.
    var digest: [UInt8] {
      unsafe [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { bytes, count in
        var length: UInt32 = 0
        let isDone = unsafe X509_digest(pointer, EVP_sha256(), bytes.baseAddress, &length)
        precondition(isDone == 1, "libcrypto does not compute SHA-256")
        count = Int(length)
      }
    }
  }

  @safe final class Key {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
    deinit { unsafe EVP_PKEY_free(pointer) }
  }

  /// All certificates of a file, in order.
  /// - Parameter what: what the file is, as in "the certificate".
  static func certificates(_ path: String, what: String) throws(TLSError) -> [Certificate] {
    OpenSSLError.clear()
    let found = try unsafe SecretFile.read(path, what: "\(what) file") { bytes throws(TLSError) in
      let input = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      defer { unsafe BIO_free(input) }
      var found: [Certificate] = []
      while let certificate = unsafe PEM_read_bio_X509(input, nil, nil, nil) {
        found.append(unsafe Certificate(certificate))
      }
      return found
    }
    // The loop ends with an error in any case: nothing more stands there, or something broken does.
    let isAtEnd = tls_is_end_of_pem() == 1
    let reason = OpenSSLError.takeReason()
    guard isAtEnd else { throw TLSError("the file \(path) holds a broken certificate: \(reason)") }
    guard !found.isEmpty else { throw TLSError("the file \(path) holds no certificate in PEM form") }
    return found
  }

  /// The private key of a file.
  static func key(_ path: String) throws(TLSError) -> Key {
    OpenSSLError.clear()
    return try unsafe SecretFile.read(path, what: "the key file") { bytes throws(TLSError) in
      let input = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      defer { unsafe BIO_free(input) }
      var isProtected = false
      // Without a callback, OpenSSL would ask for the passphrase on the terminal.
      let key = unsafe withUnsafeMutablePointer(to: &isProtected) { flag in
        unsafe PEM_read_bio_PrivateKey(
          input, nil,
          { _, _, _, flag in
            unsafe flag?.assumingMemoryBound(to: Bool.self).pointee = true
            return -1
          }, flag)
      }
      guard let key = unsafe key else {
        let reason = OpenSSLError.takeReason()
        if isProtected {
          throw TLSError("the key in \(path) is protected by a passphrase: store it without one, readable by its owner")
        }
        throw TLSError("the file \(path) holds no private key in PEM form that OpenSSL understands (\(reason))")
      }
      return unsafe Key(key)
    }
  }
}
