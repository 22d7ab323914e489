import HubWire
import Testing

@testable import HubServer

@Suite struct AccessRulesTests {
  private static func settings(_ change: (inout Settings) -> Void = { _ in }) -> Settings {
    var settings = Settings(machine: Machine(cores: 1, descriptors: 1000))
    change(&settings)
    return settings
  }

  /// The code of the refusal, or nil.
  private static func refusal(
    host: String, origins: [String] = [], settings: Settings = Self.settings(), isOpen: Bool = true
  ) throws -> String? {
    var text = "GET /v1/events HTTP/1.1\r\nHost: \(host)\r\n"
    for origin in origins { text += "Origin: \(origin)\r\n" }
    let bytes = Array((text + "\r\n").utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head(let request) = try parser.next(bytes.span, at: &index) else { return "no request" }
    do throws(HubError) {
      let rules = AccessRules(settings, isOpen: isOpen)
      try rules.checkHost(request.host)
      try rules.checkOrigin(request)
      return nil
    } catch {
      return error.code.rawValue
    }
  }

  @Test(arguments: ["localhost", "localhost:8080", "LocalHost:1", "127.0.0.1:8080", "[::1]", "[::1]:8080"])
  func `on loopback its own names are let in`(_ host: String) throws {
    #expect(try Self.refusal(host: host) == nil)
  }

  @Test(arguments: ["example.org", "localhost.example.org", "127.0.0.1.example.org:8080", "[::2]:8080", "10.0.0.1"])
  func `on loopback other names are refused`(_ host: String) throws {
    #expect(try Self.refusal(host: host) == "ORIGIN_NOT_ALLOWED")
    let allowed = Self.settings { $0.allow.hosts = [host.uppercased()] }
    #expect(try Self.refusal(host: host, settings: allowed) == nil)
    let elsewhere = Self.settings { $0.host = "0.0.0.0" }
    #expect(try Self.refusal(host: host, settings: elsewhere) == nil)
    #expect(try Self.refusal(host: host, isOpen: false) == nil, "who comes with a credential may use any name")
  }

  @Test(
    arguments: [
      ("http://localhost:8080", nil), ("https://localhost:8080", nil), ("HTTP://LOCALHOST:8080", nil),
      ("http://localhost", "ORIGIN_NOT_ALLOWED"), ("http://evil.example", "ORIGIN_NOT_ALLOWED"),
      ("null", "ORIGIN_NOT_ALLOWED"), ("https://app.example.org", nil), ("https://x.pages.example", nil),
      ("http://x.pages.example", "ORIGIN_NOT_ALLOWED"), ("https://pages.example", "ORIGIN_NOT_ALLOWED"),
      ("ftp://localhost:8080", "ORIGIN_NOT_ALLOWED"),
    ] as [(String, String?)])
  func `a page may come from its own host or one on the list`(_ origin: String, refusal: String?) throws {
    let settings = Self.settings {
      $0.allow.origins = ["https://app.example.org", "https://*.pages.example"].compactMap { OriginPattern($0) }
    }
    #expect(try Self.refusal(host: "localhost:8080", origins: [origin], settings: settings) == refusal)
  }

  @Test func `of several origins each must be let in`() throws {
    let origins = ["http://localhost:8080", "http://evil.example"]
    #expect(try Self.refusal(host: "localhost:8080", origins: origins) == "ORIGIN_NOT_ALLOWED")
  }
}
