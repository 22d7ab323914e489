import HubWire
import Testing

struct HTTPQueryTests {
  @Test func `Names and values are decoded as forms write them`() throws {
    let query = try HTTPQuery("event=order+created%21&room=a&room=b&flag&empty=&&n%C3%B6=1=2")
    #expect(query["event"] == "order created!")
    #expect(query["room"] == "a")
    #expect(query.all("room") == ["a", "b"])
    #expect(query["flag"]?.isEmpty == true)
    #expect(query["empty"]?.isEmpty == true)
    #expect(query["nö"] == "1=2")
    #expect(query["Event"] == nil)
    #expect(query.all("none") == [])
    #expect(query.items.count == 6)
  }

  @Test func `No query is an empty query`() throws {
    #expect(try HTTPQuery(nil).items.isEmpty)
    #expect(try HTTPQuery("").items.isEmpty)
    #expect(try HTTPQuery("&").items.isEmpty)
  }

  @Test(arguments: ["a=%", "a=%ff", "%zz=1", "ok=1&a=%f"])
  func `What is not percent-encoded UTF-8 is INVALID_REQUEST`(text: String) {
    let error = #expect(throws: HubError.self) { try HTTPQuery(text) }
    #expect(error?.code == .invalidRequest)
  }

  @Test func `The refusal names the parameter`() {
    let error = #expect(throws: HubError.self) { try HTTPQuery("event=%ff") }
    #expect(error?.detail.contains("\"event\"") == true)
  }
}
