import Testing

@testable import HubServer

@Suite struct OriginPatternTests {
  @Test(arguments: [
    ("https://example.org", "https://example.org", true), ("https://EXAMPLE.org", "https://example.ORG", true),
    ("https://example.org:443", "https://example.org", true), ("http://example.org", "http://example.org:80", true),
    ("https://example.org", "http://example.org", false), ("https://example.org", "https://example.org:8443", false),
    ("https://example.org", "https://a.example.org", false), ("http://localhost:3000", "http://localhost:3000", true),
    ("http://[::1]:3000", "http://[::1]:3000", true), ("capacitor://localhost", "capacitor://localhost", true),
    ("https://*.example.org", "https://a.example.org", true),
    ("https://*.example.org", "https://a.b.example.org", true),
    ("https://*.example.org", "https://example.org", false), ("https://*.example.org", "http://a.example.org", false),
    ("https://*.example.org", "https://aexample.org", false),
    ("https://*.example.org", "https://a.example.org:8443", false),
    ("https://*.example.org", "https://a.example.org.evil.com", false),
    ("https://*.example.org", "https://evil.com/.example.org", false),
    ("https://*.example.org", "https://evil.com#.example.org", false),
    ("https://*.example.org", "https://u@a.example.org", false),
    ("https://*.example.org", "https://.example.org", false), ("https://*.example.org", "https://*.example.org", false),
    ("https://*.example.org:8443", "https://a.example.org:8443", true), ("https://example.org", "null", false),
    ("https://example.org", "", false), ("https://example.org", "https://example.org/", false),
  ])
  func `an origin is let in exactly where the pattern says`(pattern: String, origin: String, isLetIn: Bool) throws {
    #expect(try #require(OriginPattern(pattern)).matches(origin) == isLetIn)
  }

  @Test(arguments: [
    "", "*", "null", "example.org", "https://", "https://*", "https://*.org", "http://*.example.org", "https://a.*.org",
    "https://a/", "https://a:0", "https://a:65536", "https://a:x", "https://a b", "https://a?b", "://a", "1a://b",
    "https://*.*.org",
    "https://[::1", "https://::1", "https://a:", "https://user@a",
  ])
  func `what is no origin is no pattern`(text: String) {
    #expect(OriginPattern(text) == nil)
  }
}
