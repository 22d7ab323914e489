import HubWire
import Testing

struct HTTPChunkTests {
  @Test(arguments: [
    (1, "1"), (9, "9"), (10, "A"), (15, "F"), (16, "10"), (255, "FF"), (4096, "1000"), (65_535, "FFFF"),
  ])
  func `A chunk begins with its size in hexadecimal`(count: Int, size: String) {
    let data = [UInt8](repeating: 65, count: count)
    #expect(HTTPChunk.encode(data) == Array("\(size)\r\n".utf8) + data + Array("\r\n".utf8))
  }

  @Test func `No data makes no chunk, because an empty chunk ends the body`() {
    #expect(HTTPChunk.encode([]).isEmpty)
    #expect(HTTPChunk.last == Array("0\r\n\r\n".utf8))
  }
}
