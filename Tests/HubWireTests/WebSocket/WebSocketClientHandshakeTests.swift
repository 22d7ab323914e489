import HubWire
import Testing

@Suite struct WebSocketClientHandshakeTests {
  private let client = WebSocketClientHandshake(
    host: "hub.example.org:8080", target: "/v1/ws?token=t", subprotocols: ["roomcast.v1", "other"],
    fields: ["Authorization": "Bearer t", "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"],
    key: "dGhlIHNhbXBsZSBub25jZQ==")

  @Test func theServerTakesTheRequestAndTheClientItsAnswer() throws {
    for subprotocol in ["roomcast.v1", "other", nil] as [String?] {
      let client = WebSocketClientHandshake(host: "h", target: "/", subprotocols: ["other", "roomcast.v1"])
      let offer = try WebSocketHandshake.offer(in: request(client.request))
      #expect(offer.subprotocols == ["other", "roomcast.v1"])
      let answer = WebSocketHandshake.answer(to: offer, subprotocol: subprotocol)
      let head = try head(answer)
      #expect(try client.verify(head) == subprotocol)
    }
  }

  @Test func theRequestSaysWhatItWasGiven() throws {
    let request = try request(client.request)
    #expect(request.host == "hub.example.org:8080")
    #expect(request.path == "/v1/ws")
    #expect(request.query == "token=t")
    #expect(request.wantsUpgrade)
    #expect(request.fields["Authorization"] == "Bearer t")
    #expect(request.fields["Sec-WebSocket-Key"] == "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(request.fields["Sec-WebSocket-Protocol"] == "roomcast.v1, other")
  }

  @Test func keysDiffer() {
    let keys = Set((0..<100).map { _ in WebSocketClientHandshake.randomKey() })
    #expect(keys.count == 100)
    #expect(keys.allSatisfy { $0.utf8.count == 24 })
  }

  @Test func anAnswerThatIsNotAsItMustBeIsRefused() throws {
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    let (upgrade, connection) = ("Upgrade: WebSocket", "Connection: keep-alive, upgrade")
    let good: [[String]] = [
      [upgrade, connection, accept], [upgrade, connection, accept, "Sec-WebSocket-Protocol: other"],
      [upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"],
    ]
    for fields in good { #expect(try isTaken("101", fields), "\(fields)") }
    let bad: [[String]] = [
      [connection, accept], ["Upgrade: h2c", connection, accept], [upgrade, accept],
      ["Connection: close", upgrade, accept], [upgrade, connection],
      [upgrade, connection, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO="],
      [upgrade, connection, accept, accept], [upgrade, connection, accept, "Sec-WebSocket-Protocol: third"],
      [upgrade, connection, accept, "Sec-WebSocket-Protocol: other", "Sec-WebSocket-Protocol: roomcast.v1"],
      [upgrade, connection, accept, "Sec-WebSocket-Extensions: x-rot13"],
      [upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate, x-rot13"],
    ]
    for fields in bad { #expect(try !isTaken("101", fields), "\(fields)") }
    #expect(try !isTaken("200", [upgrade, connection, accept, "Content-Length: 0"]))
  }

  private func isTaken(_ status: String, _ fields: [String]) throws -> Bool {
    let lines = ["HTTP/1.1 \(status) X"] + fields + ["", ""]
    let head = try head(Array(lines.joined(separator: "\r\n").utf8))
    do throws(HubError) {
      _ = try client.verify(head)
      return true
    } catch {
      return false
    }
  }

  private func request(_ bytes: [UInt8]) throws -> HTTPRequest {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    var index = 0
    guard case .head(let request) = try parser.next(bytes.span, at: &index) else { throw CancellationError() }
    return request
  }

  private func head(_ bytes: [UInt8]) throws -> HTTPResponseHead {
    var parser = HTTPResponseParser()
    var index = 0
    guard case .head(let head) = try parser.next(bytes.span, at: &index) else { throw CancellationError() }
    return head
  }
}
