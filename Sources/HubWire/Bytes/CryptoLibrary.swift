private import COpenSSL

/// libcrypto as a whole.
package enum CryptoLibrary {
  /// Keeps it usable until the process is gone. Else `exit` takes its random generator from under the threads that still
  /// run, and a connection that comes at that moment is a crash. Called before anything else of it.
  package static func outliveExit() {
    _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
  }
}
