import HubWire
import Testing

@Suite struct WebSocketHandshakeTests {
  private static let valid = [
    ("Host", "hub.example.org"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
  ]

  @Test func theKeyOfTheStandardHasTheAnswerOfTheStandard() {
    #expect(WebSocketHandshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test func aValidRequestTellsItsKeyAndItsSubprotocolsInOrder() throws {
    let offer = try WebSocketHandshake.offer(
      in: request(Self.valid + [("Sec-WebSocket-Protocol", "b, a"), ("sec-websocket-protocol", "roomcast.v1")]))
    #expect(offer.acceptKey == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    #expect(offer.subprotocols == ["b", "a", "roomcast.v1"])
    #expect(try WebSocketHandshake.offer(in: request(Self.valid)).subprotocols == [])
  }

  @Test func listsAndCaseDoNotMatterInUpgradeAndConnection() throws {
    for (name, value) in [
      ("Upgrade", "h2c, WebSocket"), ("Connection", "keep-alive, UPGRADE"), ("Content-Length", "0"),
    ] {
      _ = try WebSocketHandshake.offer(in: request(changing(name, to: value)))
    }
  }

  @Test func eachThingMissingOrWrongHasItsCode() throws {
    let wrong: [(name: String, value: String?, code: ErrorCode)] = [
      ("Upgrade", nil, .upgradeRequired), ("Upgrade", "h2c", .upgradeRequired),
      ("Upgrade", "websocketx", .upgradeRequired),
      ("Connection", nil, .upgradeRequired), ("Connection", "close", .upgradeRequired),
      ("Sec-WebSocket-Version", nil, .upgradeRequired), ("Sec-WebSocket-Version", "8", .upgradeRequired),
      ("Sec-WebSocket-Version", "13, 8", .upgradeRequired), ("Sec-WebSocket-Key", nil, .invalidRequest),
      ("Sec-WebSocket-Key", "", .invalidRequest), ("Sec-WebSocket-Key", "SGVsbG8sIHdvcmxkIQ==", .invalidRequest),
      ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE=", .invalidRequest),
      ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==", .invalidRequest),
      ("Sec-WebSocket-Protocol", "a b", .invalidRequest), ("Sec-WebSocket-Protocol", "a, b, a", .invalidRequest),
      ("Content-Length", "5", .invalidRequest), ("Transfer-Encoding", "chunked", .invalidRequest),
    ]
    for (name, value, code) in wrong {
      #expect(try self.code(of: changing(name, to: value)) == code, "\(name): \(value ?? "none")")
    }
    let twice = Self.valid + [("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
    #expect(try code(of: twice) == .invalidRequest)
  }

  @Test func onlyAGetOfTheRightVersionOpens() throws {
    #expect(try code(of: Self.valid, line: "POST / HTTP/1.1") == .methodNotAllowed)
    #expect(try code(of: Self.valid, line: "GET / HTTP/1.0") == .upgradeRequired)
  }

  @Test func upgradeRequiredNamesTheVersion() {
    let fields = WebSocketHandshake.upgradeRequiredFields
    #expect(fields["Sec-WebSocket-Version"] == "13")
    #expect(fields["Upgrade"] == "websocket")
    #expect(fields["Connection"] == "Upgrade")
  }

  private func changing(_ name: String, to value: String?) -> [(String, String)] {
    Self.valid.filter { $0.0 != name } + (value.map { [(name, $0)] } ?? [])
  }

  private func code(of fields: [(String, String)], line: String = "GET / HTTP/1.1") throws -> ErrorCode? {
    let parsed = try request(fields, line: line)
    do throws(HubError) {
      _ = try WebSocketHandshake.offer(in: parsed)
      return nil
    } catch {
      return error.code
    }
  }

  private func request(
    _ fields: [(String, String)], line: String = "GET /v1/ws HTTP/1.1"
  ) throws -> HTTPRequest {
    let bytes = Array((line + "\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n").utf8)
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head(let request) = try parser.next(bytes.span, at: &index) else { throw CancellationError() }
    return request
  }
}
