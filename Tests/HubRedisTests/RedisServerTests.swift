import Glibc
import HubIO
import HubTesting
import HubWire
import Testing

/// The server that other tests use does what they rely on.
@Suite struct RedisServerTests {
  @Test func `What it has confirmed survives that it is killed`() throws {
    let server = try RedisServer()
    let caller = try RedisCaller(port: server.port)
    for number in 0..<20 { #expect(try caller.call("RPUSH", "list", .number(number)) == .integer(Int64(number + 1))) }
    server.kill()
    #expect(throws: SystemError.self) { try caller.call("PING") }
    #expect(throws: SystemError.self) { try RedisCaller(port: server.port) }
    try server.restart()
    let list = try RedisCaller(port: server.port).call("LRANGE", "list", 0, -1).array ?? []
    #expect(list.map(\.integer) == Array(0..<20))
  }

  @Test func `A server that stands still answers once it goes on`() throws {
    let server = try RedisServer()
    let caller = try RedisCaller(port: server.port)
    server.stop()
    try caller.send([RESPCommand("PING")])
    server.resume()
    #expect(try caller.receive() == .simple("PONG"))
    server.stop()
    try server.restart()
    #expect(try RedisCaller(port: server.port).call("PING") == .simple("PONG"))
  }

  @Test func `It is gone with its value, and so are its files`() throws {
    var server: RedisServer? = try RedisServer(["--appendonly", "no"])
    let port = try #require(server?.port)
    let directory = try #require(server?.directory)
    let caller = try RedisCaller(port: port, version: 2)
    #expect(try caller.call("CONFIG", "GET", "appendonly")["appendonly"]?.text == "no")
    #expect(access(directory, F_OK) == 0)
    server = nil
    #expect(throws: SystemError.self) { try RedisCaller(port: port) }
    #expect(access(directory, F_OK) != 0)
  }

  @Test func `It runs as Sentinel too`() throws {
    let server = try RedisServer(["--sentinel"], configuration: "")
    let caller = try RedisCaller(port: server.port, version: 2)
    #expect(try caller.call("SENTINEL", "MASTERS") == .array([]))
  }

  @Test func `One that does not start says why`() {
    #expect {
      try RedisServer(["--no-such-setting", "1"])
    } throws: { error in
      "\(error)".contains("no-such-setting")
    }
  }
}
