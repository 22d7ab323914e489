private import COpenSSL

/// The calling thread's queue of OpenSSL errors.
enum OpenSSLError {
  /// Takes all errors off the queue. Must be done before a call whose outcome `SSL_get_error` judges by the queue.
  static func clear() {
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// The reason of the last error, in OpenSSL's words; the queue is empty after it.
  static func takeReason() -> String {
    defer { ERR_clear_error() }
    guard let reason = unsafe ERR_reason_error_string(ERR_peek_last_error()) else { return "no reason is known" }
    return unsafe String(cString: reason)
  }
}
