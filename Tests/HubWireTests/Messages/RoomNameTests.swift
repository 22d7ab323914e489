import HubWire
import Testing

@Suite struct RoomNameTests {
  @Test func `every byte that is allowed makes a name, and no other does`() {
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;:".utf8)
    for byte in UInt8.min..<0x80 {
      let text = "a" + String(Unicode.Scalar(byte))
      #expect(((try? RoomName(text)) != nil) == allowed.contains(byte))
    }
    #expect(throws: HubError.self) { try RoomName("é") }
  }

  @Test func `a name has 1 to 200 bytes and is no dot segment`() throws {
    #expect(try RoomName(String(repeating: "a", count: 200)).text.count == 200)
    for text in ["", ".", "..", String(repeating: "a", count: 201)] {
      #expect { try RoomName(text) } throws: { ($0 as? HubError)?.code == .invalidRoom }
    }
    #expect(try RoomName("...").text == "...")
  }

  @Test func `the namespace stands before the first colon`() throws {
    #expect(try RoomName("chat:1:2").namespace == "chat")
    #expect(try RoomName("chat").namespace == "chat")
    #expect(try RoomName(":x").namespace == "")
  }
}
