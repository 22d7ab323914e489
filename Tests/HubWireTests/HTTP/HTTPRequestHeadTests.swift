import HubWire
import Testing

struct HTTPRequestHeadTests {
  @Test func `A request is read back by the server's parser`() {
    let head = HTTPRequestHead(method: .post, target: "/a?b=c", host: "h:1", fields: ["X": "y"])
    #expect(
      HTTPTranscript.requests([head.encode(body: Array("hello".utf8)), head.encode(body: []), head.encode()]).lines == [
        "POST /a ?b=c 1.1 host=h:1 length(5) keep-alive [Host=h:1][X=y][Content-Length=5]", "body hello", "end",
        "POST /a ?b=c 1.1 host=h:1 length(0) keep-alive [Host=h:1][X=y][Content-Length=0]", "end",
        "POST /a ?b=c 1.1 host=h:1 none keep-alive [Host=h:1][X=y]", "end",
      ])
  }

  @Test func `A streamed request is read back by the server's parser`() {
    let head = HTTPRequestHead(method: .put, target: "/", host: "h")
    let bytes = head.encodeChunkedHead() + HTTPChunk.encode(Array("hello".utf8)) + HTTPChunk.last
    #expect(
      HTTPTranscript.requests([bytes]).lines == [
        "PUT / ?- 1.1 host=h chunked keep-alive [Host=h][Transfer-Encoding=chunked]", "body hello", "end",
      ])
  }

  @Test func `Nothing that is put in can begin another line or another field of framing`() {
    let head = HTTPRequestHead(
      method: .get, target: "/a b\r\nX: y\u{f6}", host: "h\r\nX: y",
      fields: ["Host": "other", "Content-Length": "9", "Transfer-Encoding": "chunked"])
    #expect(
      String(decoding: head.encode(), as: UTF8.self)
        == "GET /a%20b%0D%0AX:%20y%C3%B6 HTTP/1.1\r\nHost: h  X: y\r\n\r\n")
  }
}
