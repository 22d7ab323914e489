import HubWire
import Testing

struct HTTPBytesTests {
  /// RFC 9110 section 5.6.2.
  static let token = Set(
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

  @Test(arguments: UInt8.min...UInt8.max)
  func `A field's name may hold token characters only`(byte: UInt8) {
    let head = Array("GET / HTTP/1.1\r\nHost: a\r\nx".utf8) + [byte] + Array("x: y\r\n\r\n".utf8)
    // After a colon the rest is the value.
    let isFit = Self.token.contains(byte) || byte == UInt8(ascii: ":")
    #expect((HTTPTranscript.requests([head]).error == nil) == isFit)
  }

  @Test(arguments: UInt8.min...UInt8.max)
  func `A method may hold token characters only`(byte: UInt8) {
    let head = [byte] + Array("X / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    #expect((HTTPTranscript.requests([head]).error == nil) == Self.token.contains(byte))
  }

  @Test(arguments: UInt8.min...UInt8.max)
  func `A field's value may hold no control character but the tab`(byte: UInt8) {
    for place in 0..<20 {
      var value = [UInt8](repeating: 65, count: 20)
      value[place] = byte
      let head = Array("GET / HTTP/1.1\r\nHost: a\r\nx:".utf8) + value + Array("\r\n\r\n".utf8)
      let isFit = byte == 9 || byte >= 32 && byte != 127
      #expect((HTTPTranscript.requests([head]).error == nil) == isFit)
    }
  }

  @Test(arguments: UInt8.min...UInt8.max)
  func `A target may hold no blank, control character or fragment`(byte: UInt8) {
    let head = Array("GET /a".utf8) + [byte] + Array("b HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    let isFit = byte > 32 && byte != 127 && byte != UInt8(ascii: "#")
    #expect((HTTPTranscript.requests([head]).error == nil) == isFit)
  }

  @Test func `A long head is the same byte by byte`() {
    let fields = (0..<90).map { "Field-\($0): " + String(repeating: "v", count: $0 * 7) + "\r\n" }.joined()
    let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
    #expect(bytes.count < HTTPLimits().headerBytes)
    let whole = HTTPTranscript.requests([bytes])
    #expect(whole.lines.count == 2)
    #expect(HTTPTranscript.requests(bytes.map { [$0] }) == whole)
  }
}
