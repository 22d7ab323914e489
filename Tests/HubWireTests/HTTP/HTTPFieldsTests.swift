import HubWire
import Testing

struct HTTPFieldsTests {
  static let fields: HTTPFields = ["Accept": "a, b", "X-One": "1", "accept": " \"c,\\\"d\", ,e\t", "X-Two": ""]

  @Test(arguments: ["X-One", "x-one", "X-ONE"])
  func `A name is found in any case`(name: String) {
    #expect(Self.fields[name] == "1")
    #expect(Self.fields.contains(name))
  }

  @Test func `A name that is not there is not found`() {
    #expect(Self.fields["X-On"] == nil)
    #expect(Self.fields["X-One-"] == nil)
    #expect(Self.fields[""] == nil)
    #expect(Self.fields.values(of: "x") == [])
    #expect(Self.fields.list(of: "x") == [])
    #expect(!Self.fields.contains("x"))
    #expect(HTTPFields().isEmpty)
  }

  @Test func `Names that differ in more than case are different`() {
    let fields: HTTPFields = ["a^b": "1", "a~b": "2"]
    #expect(fields["A~B"] == "2")
  }

  @Test func `The first value is given, without blanks around it, and all of them in order`() {
    #expect(Self.fields["Accept"] == "a, b")
    #expect(Self.fields["X-Two"]?.isEmpty == true)
    #expect(Self.fields.values(of: "ACCEPT") == ["a, b", "\"c,\\\"d\", ,e"])
    #expect(Self.fields.count == 4)
  }

  @Test func `A list is split at commas outside quotes, over all fields of the name, without empty elements`() {
    #expect(Self.fields.list(of: "accept") == ["a", "b", "\"c,\\\"d\"", "e"])
    #expect(Self.fields.list(of: "x-two") == [])
  }

  @Test func `Nothing that is put in can begin another line`() {
    var fields = HTTPFields()
    fields.append("X\r\nY", "a\r\nSet: b\u{0}\u{7f}")
    #expect(fields.count == 1)
    #expect(fields["X--Y"] == "a  Set: b")
    let bytes = HTTPResponse(status: 204, fields: fields).encode(closing: false, headOnly: false, date: nil)
    #expect(String(decoding: bytes, as: UTF8.self) == "HTTP/1.1 204 No Content\r\nX--Y: a  Set: b\r\n\r\n")
  }
}
