private import Glibc

/// A call to the operating system that failed, said so that a person can act on it.
package struct SystemError: Error, CustomStringConvertible {
  /// What was tried, as in "listen on 127.0.0.1:8080".
  package let attempt: String
  /// The `errno` it gave.
  package let number: Int32

  package init(_ attempt: String, number: Int32 = errno) {
    self.attempt = attempt
    self.number = number
  }

  package var description: String {
    "cannot \(attempt): \(unsafe String(cString: strerror(number)))"
  }

  package var isAddressInUse: Bool { number == EADDRINUSE }
  var isTimeOut: Bool { number == ETIMEDOUT }
}
