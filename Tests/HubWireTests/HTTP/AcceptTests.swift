import HubWire
import Testing

struct AcceptTests {
  @Test(arguments: [
    "text/event-stream", "Text/Event-Stream", "text/event-stream, */*", "*/*, text/event-stream",
    "text/event-stream, application/json", "application/json;q=0.5, text/event-stream;q=0.5",
    "text/event-stream;q=0.1", "text/event-stream;q=0.001, text/html", "text/html, text/event-stream;charset=utf-8",
    "text/event-stream\r\nAccept: application/json;q=0.9",
    "application/json;q=0, */*, text/event-stream;q=0.5",
    "application/json;q=0.2, application/*, text/event-stream;q=.5"
      + "\r\nAccept: text/event-stream;q=0.3",
  ])
  func `An event stream is preferred where it is named and nothing says JSON louder`(accept: String) throws {
    #expect(try request("GET / HTTP/1.1\r\nHost: a\r\nAccept: \(accept)\r\n\r\n").prefersEventStream)
  }

  @Test(arguments: [
    "*/*", "text/*", "application/json", "text/html", "", "text/event-stream;q=0", "text/event-stream;q=0.000",
    "text/event-stream;q=0.9, application/json", "text/event-stream;q=0.9, */*",
    "text/event-stream;q=0.9, application/*", "text/event-stream;q=x", "text/event-stream;q=2",
    "text/event-stream;q=1.001", "text/event-stream;q=0.0001", "text/event-stream;q=", "text/event-streams",
    "x, text/event-stream;q", "\"text/event-stream\"",
  ])
  func `Otherwise it is not`(accept: String) throws {
    #expect(try !request("GET / HTTP/1.1\r\nHost: a\r\nAccept: \(accept)\r\n\r\n").prefersEventStream)
  }

  @Test func `Without Accept everything is wanted, but no event stream is asked for`() throws {
    #expect(Accept(HTTPFields()).quality(of: "application", "json") == 1000)
    #expect(try !request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").prefersEventStream)
  }

  @Test func `The most specific range decides`() {
    let accept = Accept(["Accept": "text/*;q=0.3, text/html;q=0.7, */*;q=0.5"])
    #expect(accept.quality(of: "text", "html") == 700)
    #expect(accept.quality(of: "text", "plain") == 300)
    #expect(accept.quality(of: "image", "png") == 500)
    #expect(Accept(["Accept": "text/html"]).quality(of: "image", "png") == 0)
  }
}
