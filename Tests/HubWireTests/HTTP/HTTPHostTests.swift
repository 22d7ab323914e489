import HubWire
import Testing

struct HTTPHostTests {
  @Test(arguments: [
    "a", "a.example.org", "a:", "a:0", "a:65535", "127.0.0.1:8080", "[::1]", "[::1]:80", "[fe80::1%25eth0]:1",
    "[v1.x:y]", "a_b-c~d", "a%20b", "a!$&'()*+;=b",
  ])
  func `A valid Host is kept as it was sent`(host: String) throws {
    #expect(try request("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").host == host)
    #expect(try request("GET http://\(host)/ HTTP/1.1\r\nHost: other\r\n\r\n").host == host)
  }
}
