import HubWire
import Testing

@testable import HubServer

@Suite struct CredentialTests {
  /// The credential of a request; what is wrong with it, in place of one.
  private static func read(_ method: String = "GET", _ target: String = "/v1/ws", _ fields: [String] = []) throws
    -> String
  {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: h"] + fields + ["Content-Length: 0"]
    let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head(let request) = try parser.next(bytes.span, at: &index) else { return "no request" }
    do throws(HubError) {
      guard let credential = try Credential(request) else { return "none" }
      return "\(credential.isInQuery ? "query" : "field") \(credential.text)"
    } catch {
      #expect(!error.detail.contains("s3cret"), "an error holds nothing of a credential")
      return error.code.rawValue
    }
  }

  @Test func `who shows nothing has none`() throws {
    #expect(try Self.read() == "none")
    #expect(try Self.read("GET", "/v1/ws?after=earliest&tokens=x&Token=x") == "none")
  }

  @Test(arguments: [
    ("Authorization: Bearer a.b-c_d", "field a.b-c_d"), ("authorization: bearer x", "field x"),
    ("AUTHORIZATION: BEARER x", "field x"), ("Authorization: Bearer   x  ", "field x"),
    ("Authorization: Bearer", "UNAUTHORIZED"), ("Authorization: Bearer ", "UNAUTHORIZED"),
    ("Authorization: s3cret", "UNAUTHORIZED"), ("Authorization: Basic s3cret", "UNAUTHORIZED"),
    ("Authorization: Bearers3cret", "UNAUTHORIZED"), ("Authorization: Bearer s3cret s3cret", "UNAUTHORIZED"),
    ("Authorization:", "UNAUTHORIZED"), ("Authorization: Bearer\ts3cret", "UNAUTHORIZED"),
    ("Proxy-Authorization: Bearer x", "none"), ("Cookie: token=x", "none"),
  ])
  func `a field shows a bearer's credential or is refused`(field: String, shown: String) throws {
    #expect(try Self.read("GET", "/v1/ws", [field]) == shown)
    #expect(try Self.read("POST", "/v1/events", [field]) == shown)
  }

  @Test func `more than one field is refused, even the same twice`() throws {
    for other in ["Bearer x", "Bearer s3cret", "", "Basic x"] {
      #expect(try Self.read("GET", "/", ["Authorization: Bearer x", "Authorization: \(other)"]) == "UNAUTHORIZED")
    }
  }

  @Test(arguments: [
    ("GET", "/v1/ws?token=x", "query x"), ("HEAD", "/v1/rooms?token=x", "query x"),
    ("GET", "/?a=b&token=x&c", "query x"),
    ("GET", "/?token=", "query "), ("GET", "/?token=a%2Eb", "query a.b"),
    ("GET", "/?token=s3cret%zz", "INVALID_REQUEST"),
    ("POST", "/?token=x", "none"), ("DELETE", "/?token=x", "none"), ("PUT", "/?token=x", "none"),
    ("OPTIONS", "/?token=x", "none"),
  ])
  func `the URL shows one where nothing is written`(method: String, target: String, shown: String) throws {
    #expect(try Self.read(method, target) == shown)
  }

  @Test func `the field wins over the URL, also where it is wrong`() throws {
    #expect(try Self.read("GET", "/?token=x", ["Authorization: Bearer y"]) == "field y")
    #expect(try Self.read("GET", "/?token=s3cret", ["Authorization: Basic y"]) == "UNAUTHORIZED")
  }
}
