import HubWire
import Testing

struct MediaTypeTests {
  @Test func `A media type is told in lower case, its parameters' values as they are`() throws {
    let type = try #require(MediaType(" Text/HTML ; Charset=UTF-8;; b=\"x; \\\"y\" "))
    #expect(type.essence == "text/html")
    #expect(type["charset"] == "UTF-8")
    #expect(type["b"] == "x; \"y")
    #expect(type["c"] == nil)
    #expect(type.parameters.map(\.name) == ["charset", "b"])
  }

  @Test(arguments: ["application/json", "Application/JSON; charset=utf-8", "application/problem+json"])
  func `JSON is told by its name or suffix`(text: String) throws {
    #expect(try #require(MediaType(text)).isJSON)
  }

  @Test(arguments: ["application/jsonp", "text/json+x", "application/x-ndjson"])
  func `Other types are not JSON`(text: String) throws {
    #expect(try !#require(MediaType(text)).isJSON)
  }

  @Test(arguments: [
    "", "text", "text/", "/html", "text /html", "text/html x", "text/html; a", "text/html; a=", "text/html; =b",
    "text/html; a=\"b", "text/html, text/plain", "text/html/x", "text/html; a =b",
  ])
  func `What is not of the form is no media type`(text: String) {
    #expect(MediaType(text) == nil)
  }
}
