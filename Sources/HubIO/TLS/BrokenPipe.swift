private import Glibc

/// OpenSSL writes without MSG_NOSIGNAL: a peer that is gone must be an error, not the end of the process.
enum BrokenPipe {
  static func ignore() {
    var action = sigaction()
    unsafe sigaction(SIGPIPE, nil, &action)
    if unsafe action.__sigaction_handler.sa_handler == nil { _ = signal(SIGPIPE, SIG_IGN) }
  }
}
