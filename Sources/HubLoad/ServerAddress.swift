import Glibc

/// Where a server listens: an address of IPv4 or IPv6 and a port, as the system's calls want it.
struct ServerAddress {
  private var storage: sockaddr_storage
  private let length: socklen_t

  /// How long an address has to take a connection, in milliseconds, where there are others.
  private static let patience: Int32 = 3000

  /// The first address of a name that takes a connection, or of which none does the first; a number is taken as it is.
  /// Asking a name server and trying takes its time.
  init(_ host: String, _ port: UInt16) throws(LoadError) {
    let all = try Self.all(host, port)
    self = all.count == 1 ? all[0] : Self.answering(all) ?? all[0]
  }

  /// The first that takes a connection.
  static func answering(_ addresses: [ServerAddress]) -> ServerAddress? { addresses.first { $0.takesConnections } }

  private var takesConnections: Bool {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if withPointer({ connect(descriptor, $0, $1) }) == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&ready, 1, Self.patience) == 1 else { return false }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
  }

  /// At least one, in the system's order.
  private static func all(_ host: String, _ port: UInt16) throws(LoadError) -> [ServerAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &found)
    guard result == 0, let first = found else {
      throw LoadError(.misuse, "the host '\(host)' has no address: \(String(cString: gai_strerror(result)))")
    }
    defer { freeaddrinfo(first) }
    return sequence(first: first) { $0.pointee.ai_next }.map { ServerAddress($0.pointee) }
  }

  private init(_ found: addrinfo) {
    storage = sockaddr_storage()
    length = found.ai_addrlen
    memcpy(&storage, found.ai_addr, Int(length))
  }

  var family: Int32 { Int32(storage.ss_family) }

  /// The same with another port.
  func at(port: UInt16) -> ServerAddress {
    var other = self
    withUnsafeMutableBytes(of: &other.storage) { bytes in
      // `sockaddr_in` and `sockaddr_in6` both have it right behind the family.
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
    }
    return other
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
