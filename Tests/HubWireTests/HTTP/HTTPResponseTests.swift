import HubWire
import Testing

struct HTTPResponseTests {
  static let answer = HTTPResponse(status: 201, fields: ["Content-Type": "text/plain"], body: Array("hello".utf8))

  @Test func `An answer has its length, and a date where one is given`() {
    #expect(
      text(Self.answer.encode(closing: false, headOnly: false, date: "Sat, 21 Nov 2026 10:27:09 GMT"))
        == "HTTP/1.1 201 Created\r\nDate: Sat, 21 Nov 2026 10:27:09 GMT\r\nContent-Type: text/plain\r\n"
        + "Content-Length: 5\r\n\r\nhello")
  }

  @Test func `HEAD is answered with the same fields and no body`() {
    #expect(
      text(Self.answer.encode(closing: false, headOnly: true, date: nil))
        == "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n")
  }

  @Test func `A closing answer says so, whatever its fields say`() {
    let answer = HTTPResponse(status: 200, fields: ["connection": "keep-alive"])
    #expect(
      text(answer.encode(closing: true, headOnly: false, date: nil))
        == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    #expect(
      text(answer.encode(closing: false, headOnly: false, date: nil))
        == "HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nContent-Length: 0\r\n\r\n")
  }

  @Test(arguments: [100, 101, 204, 304])
  func `Where no body may be there is neither length nor body`(status: Int) {
    let bytes = HTTPResponse(status: status, body: [1, 2]).encode(closing: false, headOnly: false, date: nil)
    #expect(text(bytes) == "HTTP/1.1 \(status) \(HTTPStatus.reason(for: status))\r\n\r\n")
  }

  @Test func `The framing is the encoder's alone`() {
    let answer = HTTPResponse(
      status: 200, fields: ["Content-Length": "9", "transfer-encoding": "chunked", "X": "y"], body: [65])
    #expect(
      text(answer.encode(closing: false, headOnly: false, date: nil))
        == "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 1\r\n\r\nA")
  }

  @Test func `The head of a stream has the given fields and nothing more`() {
    #expect(
      text(HTTPResponse.encodeStreamHead(status: 200, fields: ["Transfer-Encoding": "chunked", "X": "y"]))
        == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n")
    #expect(
      text(HTTPResponse.encodeStreamHead(status: 200, fields: ["Connection": "close"], date: "now"))
        == "HTTP/1.1 200 OK\r\nDate: now\r\nConnection: close\r\n\r\n")
  }

  @Test func `A date cannot begin another line`() {
    let bytes = Self.answer.encode(closing: false, headOnly: true, date: "now\r\nX: y")
    #expect(text(bytes).contains("Date: now  X: y\r\n"))
  }

  @Test(arguments: ErrorCode.allCases)
  func `Every status of the catalogue has a reason`(code: ErrorCode) {
    #expect(HTTPStatus.reason(for: code.status) != "Unknown")
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
