import Glibc
import Synchronization
import Testing

@testable import HubIO

@Suite struct DialerTests {
  /// What a task on a reactor of the calling thread comes to.
  private static func outcome<Value: Sendable>(
    _ body: @escaping @Sendable (Reactor) async throws(SystemError) -> Value
  ) -> Result<Value, SystemError> {
    let reactor = Reactor(index: 0, kernel: LinuxKernel())
    reactor.adoptThread()
    defer { reactor.leaveThread() }
    let slot = Lock<Result<Value, SystemError>?>(nil)
    Task.immediate(executorPreference: reactor) {
      do throws(SystemError) {
        let value = try await body(reactor)
        slot.withLock { $0 = .success(value) }
      } catch {
        slot.withLock { $0 = .failure(error) }
      }
    }
    while true {
      reactor.turn(sleeping: false)
      if let outcome = slot.withLock({ $0 }) { return outcome }
    }
  }

  /// Sockets of this machine that try to connect to a port.
  private static func connecting(to port: UInt16) -> Int {
    guard let file = fopen("/proc/self/net/tcp", "r") else { return -1 }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte >= 0 { bytes.append(UInt8(byte)) }
    let digits = String(port, radix: 16, uppercase: true)
    let peer = "0100007F:" + String(repeating: "0", count: 4 - digits.count) + digits
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { line in
      let fields = line.split(separator: " ")
      return fields.count > 3 && fields[2] == peer && fields[3] == "02"
    }
  }

  @Test func `a connection that is not established in time is closed`() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(filler)
      close(listener)
    }
    // Its queue holds one connection: for the next one the system goes on trying.
    #expect(listen(listener, 0) == 0)
    let port = try #require(SocketAddress.local(of: listener)).port
    let address = try #require(SocketAddress.number(host: "127.0.0.1", port: port))
    #expect(address.withPointer { connect(filler, $0, $1) } == 0)
    let outcome = await BlockingThread.run {
      Self.outcome { reactor throws(SystemError) in
        try await Dialer.dial(
          host: "127.0.0.1", port: port, on: reactor, until: reactor.kernel.now() + .milliseconds(20)
        ).descriptor
      }
    }
    guard case .failure(let error) = outcome else { return #expect(Bool(false), "it is connected") }
    #expect(error.isTimeOut && Self.connecting(to: port) == 0)
  }

  @Test func `a number is not looked up, and names that are too many are refused`() async {
    let lookUps = NameLookUps(limit: 0)
    let hosts = ["127.0.0.1", "::1", "localhost"]
    let results = await BlockingThread.run {
      hosts.map { host in
        Self.outcome { reactor throws(SystemError) in
          let end = reactor.kernel.now() + .seconds(60)
          return try await lookUps.addresses(of: host, port: 1, on: reactor, until: end).map(\.description)
        }
      }
    }
    #expect(results.prefix(2).map { try? $0.get() } == [["127.0.0.1:1"], ["[::1]:1"]])
    guard case .failure(let error) = results[2] else { return #expect(Bool(false), "it was looked up") }
    #expect(error.description.hasPrefix(#"cannot find the address of "localhost" while 0 other names are looked up"#))
  }

  @Test func `a name is looked up, and its place is free again`() async {
    let lookUps = NameLookUps(limit: 1)
    let results = await BlockingThread.run {
      (0..<3).map { _ in
        Self.outcome { reactor throws(SystemError) in
          let end = reactor.kernel.now() + .seconds(60)
          return try await lookUps.addresses(of: "localhost", port: 1, on: reactor, until: end).count
        }
      }
    }
    #expect(results.allSatisfy { result in (try? result.get()).map { $0 > 0 } == true })
  }
}
