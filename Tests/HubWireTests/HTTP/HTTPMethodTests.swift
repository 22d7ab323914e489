import HubWire
import Testing

struct HTTPMethodTests {
  @Test(arguments: ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "M-SEARCH"])
  func `A method keeps its text, also on the wire`(text: String) throws {
    #expect(HTTPMethod(text).text == text)
    #expect(try request("\(text) / HTTP/1.1\r\nHost: a\r\n\r\n").method == HTTPMethod(text))
  }

  @Test func `Methods are told apart by case`() {
    #expect(HTTPMethod("GET") == .get)
    #expect(HTTPMethod("Get") == .other("Get"))
  }
}
