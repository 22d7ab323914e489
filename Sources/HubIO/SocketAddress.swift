internal import Glibc

/// Where a socket listens or whom it talks to: an IPv4 or IPv6 address and a port.
@safe package struct SocketAddress: CustomStringConvertible, @unchecked Sendable {
  private(set) var storage: sockaddr_storage
  let length: socklen_t

  /// The addresses of `host` (a name or a number), in the system's order of preference. Blocks while names are looked up.
  /// - Throws: ``SystemError`` where there are none.
  package static func resolve(host: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
    try resolve(host, port, flags: Int32(AI_NUMERICSERV))
  }

  /// The address of a host that is given as a number; nil for a name. Blocks nobody.
  static func number(host: String, port: UInt16) -> SocketAddress? {
    (try? resolve(host, port, flags: Int32(AI_NUMERICSERV | AI_NUMERICHOST)))?.first
  }

  private static func resolve(_ host: String, _ port: UInt16, flags: Int32) throws(SystemError) -> [SocketAddress] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let result = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard result == 0 else { throw SystemError("find the address of \"\(host)\"", number: ENOENT) }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = unsafe list
    while let entry = unsafe next {
      if let address = unsafe entry.pointee.ai_addr {
        unsafe addresses.append(SocketAddress(copying: address, length: entry.pointee.ai_addrlen))
      }
      unsafe next = unsafe entry.pointee.ai_next
    }
    return addresses
  }

  /// The peer of a connected socket; nil once it is gone.
  package static func peer(of descriptor: Int32) -> SocketAddress? {
    unsafe read { unsafe getpeername(descriptor, $0, $1) }
  }

  /// The socket's own end.
  package static func local(of descriptor: Int32) -> SocketAddress? {
    unsafe read { unsafe getsockname(descriptor, $0, $1) }
  }

  private static func read(
    _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = unsafe withUnsafeMutablePointer(to: &storage) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &length) }
    }
    return result == 0 ? SocketAddress(storage: storage, length: length) : nil
  }

  private init(storage: sockaddr_storage, length: socklen_t) {
    self.storage = storage
    self.length = length
  }

  private init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
    var storage = sockaddr_storage()
    unsafe withUnsafeMutableBytes(of: &storage) {
      unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
    }
    self.init(storage: storage, length: length)
  }

  var family: Int32 { Int32(storage.ss_family) }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    unsafe withUnsafePointer(to: storage) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
    }
  }

  /// The number of the host, without the port.
  package var host: String { names.host }
  package var port: UInt16 { UInt16(names.port) ?? 0 }
  /// `127.0.0.1:8080` or `[::1]:8080`.
  package var description: String {
    let (host, port) = names
    return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool {
    let host = host
    return host.hasPrefix("127.") || host == "::1"
  }

  private var names: (host: String, port: String) {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { host in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXSERV)) { port in
        let result = unsafe withPointer { address, length in
          unsafe getnameinfo(
            address, length, host.baseAddress, socklen_t(host.count), port.baseAddress, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard result == 0, let host = host.baseAddress, let port = port.baseAddress else { return ("unknown", "0") }
        return unsafe (String(cString: host), String(cString: port))
      }
    }
  }
}
