import COpenSSL

/// Bytes that nobody can guess.
package enum RandomBytes {
  /// - Parameter count: how many, up to 1 GiB.
  package static func make(count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let done = unsafe RAND_bytes(buffer.baseAddress, CInt(count))
      precondition(done == 1, "libcrypto gives no random bytes")
      filled = count
    }
  }
}
