import Glibc
import Testing

@testable import HubLoad

@Suite struct ServerAddressTests {
  /// A port of loopback that is taken for as long as `body` runs.
  private func withPort(isListening: Bool, _ body: (UInt16) throws -> Void) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    try #require(isBound && (!isListening || listen(descriptor, 1) == 0))
    try body(UInt16(bigEndian: address.sin_port))
  }

  private func port(_ address: ServerAddress?) -> UInt16? {
    address?.withPointer { pointer, _ in
      pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }

  @Test func `of several addresses the first that takes connections is meant`() throws {
    try withPort(isListening: false) { silent in
      try withPort(isListening: true) { open in
        let (closed, taken) = (try ServerAddress("127.0.0.1", silent), try ServerAddress("127.0.0.1", open))
        #expect(port(ServerAddress.answering([closed, taken])) == open)
        #expect(port(ServerAddress.answering([closed, closed])) == nil)
      }
    }
  }

  @Test func `the only address is taken without a try`() throws {
    try withPort(isListening: false) { silent in
      let address = try ServerAddress("127.0.0.1", silent)
      #expect(port(address) == silent)
    }
  }
}
