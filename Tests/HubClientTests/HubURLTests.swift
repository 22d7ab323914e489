import Testing

@testable import HubClient

@Suite struct HubURLTests {
  @Test(
    arguments: [
      ("http://127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080"),
      ("http://localhost", "localhost", 80, "localhost"),
      ("http://localhost:80/", "localhost", 80, "localhost"),
      ("HTTP://hub.example.org:65535/", "hub.example.org", 65535, "hub.example.org:65535"),
      ("http://[::1]:8080", "::1", 8080, "[::1]:8080"),
      ("http://[fe80::1%eth0]", "fe80::1%eth0", 80, "[fe80::1%eth0]"),
      ("http://a_b-c.d:1", "a_b-c.d", 1, "a_b-c.d:1"),
      ("http://localhost:443", "localhost", 443, "localhost:443"),
      ("https://hub.example.org", "hub.example.org", 443, "hub.example.org"),
      ("HTTPS://hub.example.org:443/", "hub.example.org", 443, "hub.example.org"),
      ("https://hub.example.org:80", "hub.example.org", 80, "hub.example.org:80"),
      ("https://[::1]", "::1", 443, "[::1]"),
    ] as [(String, String, UInt16, String)])
  func takesHostAndPort(text: String, host: String, port: UInt16, field: String) throws {
    let url = try HubURL(text)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.hostField == field)
    #expect(url.isEncrypted == text.lowercased().hasPrefix("https"))
    #expect(try HubURL("\(url)") == url)
  }

  @Test(arguments: [
    ("wss://hub.example.org", "write https://hub.example.org"),
    ("https://hub.example.org/v1", "write https://hub.example.org"),
    ("https://hub.example.org:0", "1 to 65535"),
    ("ws://h:1", "write http://h:1"),
    ("localhost:8080", "write http://localhost:8080"),
    ("", "write http://HOST:PORT"),
    ("ftp://h", "is not one of a hub"),
    ("http://", "names no host"),
    ("http://:8080", "names no host"),
    ("http://h h", "names no host"),
    ("http://h:", "1 to 65535"),
    ("http://h:0", "1 to 65535"),
    ("http://h:65536", "1 to 65535"),
    ("http://h:+1", "1 to 65535"),
    ("http://h:8o", "1 to 65535"),
    ("http://::1:8080", "write http://[::1:8080]"),
    ("http://[::1", "does not close it"),
    ("http://[::1]8080", "1 to 65535"),
    ("http://[host]", "only an IPv6 address"),
    ("http://ann:secret@h", "user name"),
    ("http://h:1/path", "write http://h:1"),
    ("http://h:1//", "write http://h:1"),
    ("http://h?x=1", "write http://h"),
  ])
  func refusesTheRestWithItsMend(text: String, told: String) {
    let error = #expect(throws: HubURLError.self) { try HubURL(text) }
    #expect(error?.description.contains(told) == true, "\(String(describing: error))")
    #expect(error?.description.contains("secret") != true)
  }
}
