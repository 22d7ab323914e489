import HubWire
import Testing

@Suite struct JSONWriterTests {
  @Test func `commas stand between values and nowhere else`() {
    var json = JSONWriter(capacity: 0)
    json.beginArray()
    json.beginObject()
    json.endObject()
    json.beginObject()
    json.member("a", 1)
    json.member("b", "x")
    json.key("c")
    json.beginArray()
    json.integer(UInt64.max)
    json.integer(Int64.min)
    json.integer(0)
    json.bool(true)
    json.null()
    json.raw(Array("{}".utf8))
    json.endArray()
    json.member("d", raw: Array("1.50".utf8))
    json.member("e", false)
    json.member("f", Position(epoch: "k3", offset: 7))
    json.endObject()
    json.string("z")
    json.endArray()
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == #"[{},{"a":1,"b":"x","c":[18446744073709551615,-9223372036854775808,0,true,null,{}],"d":1.50,"e":false,"#
        + #""f":"k3-7"},"z"]"#)
  }

  @Test func `every character written as a string is read back, and stays on one line`() throws {
    for value in UInt32(0)...0x3000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      for text in ["\(scalar)", "1234567\(scalar)", "12345678\(scalar)\(scalar)x"] {
        var json = JSONWriter()
        json.string(text)
        let read = try JSONValue(parsing: json.bytes)
        #expect(read.string.map { Array($0.utf8) } == Array(text.utf8))
        #expect(!json.bytes.contains { $0 < 0x20 })
      }
    }
  }

  @Test func `only what must be escaped is`() {
    var json = JSONWriter()
    json.string("/é\u{7F}\u{2028}😀'<>&\"\\\u{8}\u{9}\u{A}\u{C}\u{D}\u{0}\u{1F}")
    #expect(
      String(decoding: json.bytes, as: UTF8.self)
        == "\"/é\u{7F}\u{2028}😀'<>&" + #"\"\\\b\t\n\f\r\u0000\u001f""#)
  }

  @Test func `a key that is not known beforehand is escaped`() {
    let name = "a\"b"
    let json = JSONWriter.object { json in
      json.key(name)
      json.integer(1)
      json.member("c", 2)
    }
    #expect(String(decoding: json, as: UTF8.self) == #"{"a\"b":1,"c":2}"#)
  }

  @Test func `numbers have the digits that Swift gives them`() {
    var power: UInt64 = 1
    for _ in 0..<20 {
      for number in [power &- 1, power, power &+ 1] {
        var json = JSONWriter()
        json.integer(number)
        #expect(String(decoding: json.bytes, as: UTF8.self) == String(number))
      }
      power = power &* 10
    }
  }
}
