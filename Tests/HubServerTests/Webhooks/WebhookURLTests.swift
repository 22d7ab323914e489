import Testing

@testable import HubServer

@Suite struct WebhookURLTests {
  @Test(arguments: [
    ("http://a.example", "a.example", 80, "/", "a.example", false),
    ("https://a.example/hooks?x=1", "a.example", 443, "/hooks?x=1", "a.example", true),
    ("https://a.example:8443?x", "a.example", 8443, "/?x", "a.example:8443", true),
    ("http://[::1]:80/a%20b", "::1", 80, "/a%20b", "[::1]", false),
    ("http://127.0.0.1:443/", "127.0.0.1", 443, "/", "127.0.0.1:443", false),
  ])
  func `a URL is taken apart`(
    text: String, host: String, port: UInt16, path: String, field: String, isEncrypted: Bool
  ) throws {
    let url = try WebhookURL(text)
    #expect(url.host == host && url.port == port && url.path == path)
    #expect(url.hostField == field && url.isEncrypted == isEncrypted)
  }

  @Test(arguments: [
    "", "a.example", "ftp://a.example", "http://", "http:///path", "http://user:pass@a.example/", "http://a.example:0",
    "http://a.example:65536", "http://a.example:x", "http://a.example/#part", "http://a.example/a b",
    "http://a.example/ü", "http://[::1", "http://[a]/", "http://a b/", "http://a.example\r\nX: y/", "http://::1/",
  ])
  func `what is no URL to call is refused`(text: String) {
    let error = #expect(throws: WebhookURLError.self) { try WebhookURL(text) }
    #expect(error?.message.contains("pass") == false && error?.mend.isEmpty == false)
  }
}
