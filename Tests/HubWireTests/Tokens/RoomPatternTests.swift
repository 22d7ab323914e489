import HubTesting
import HubWire
import Testing

@Suite struct RoomPatternTests {
  @Test func `a name covers itself and nothing else`() throws {
    let pattern = try RoomPattern("orders")
    #expect(pattern.matches(try RoomName("orders")))
    for other in ["order", "orders1", "orders:1", "Orders", "xorders"] {
      #expect(!pattern.matches(try RoomName(other)), "\(other)")
    }
  }

  @Test func `a trailing star covers all that begins so, the bare name too`() throws {
    let pattern = try RoomPattern("chat:*")
    for name in ["chat:1", "chat:", "chat:a:b"] { #expect(pattern.matches(try RoomName(name)), "\(name)") }
    for name in ["chat", "chats:1", "Chat:1", "achat:1"] { #expect(!pattern.matches(try RoomName(name)), "\(name)") }
    #expect(try RoomPattern("orders*").matches(try RoomName("orders")))
  }

  @Test func `a star alone covers every room`() throws {
    #expect(try RoomPattern("*") == .all)
    #expect(RoomPattern.all.matches(try RoomName("x")))
    #expect(RoomPattern.all.matches(try RoomName(String(repeating: "x", count: 200))))
  }

  @Test(arguments: ["", "**", "a*b", "*a", "a b", "a/b", "a\n", "é", "a?", "a\0", String(repeating: "x", count: 201)])
  func `what no room is called is no pattern`(text: String) {
    #expect { try RoomPattern(text) } throws: { ($0 as? HubError)?.code == .invalidRequest }
  }

  @Test func `the longest name may have its star`() throws {
    let name = String(repeating: "x", count: 200)
    #expect(try RoomPattern(name + "*").matches(try RoomName(name)))
  }

  /// Against the obvious definition, on an alphabet so small that patterns often meet.
  @Test func `matching and overlapping are what they are said to be`() throws {
    let names = Self.words(upTo: 4)
    let patterns = try (names + names.map { $0 + "*" } + ["*"]).map { try RoomPattern($0) }
    var random = SeededRandom(seed: 7)
    for _ in 0..<2_000 {
      let left = patterns[random.number(in: 0..<patterns.count)]
      let right = patterns[random.number(in: 0..<patterns.count)]
      let common = try names.contains { name in
        let room = try RoomName(name)
        return left.matches(room) && right.matches(room)
      }
      #expect(left.overlaps(right) == common, "\(left) \(right)")
      #expect(right.overlaps(left) == common, "\(right) \(left)")
    }
    for pattern in patterns {
      for name in names {
        let isMatch = pattern.isPrefix ? name.hasPrefix(pattern.text.dropLast()) : name == pattern.text
        #expect(pattern.matches(try RoomName(name)) == isMatch)
        #expect(pattern.matches(name[...]) == isMatch)
      }
    }
  }

  private static func words(upTo length: Int) -> [String] {
    var words = [""]
    var all: [String] = []
    for _ in 0..<length {
      words = words.flatMap { word in ["a", "b", ":"].map { word + $0 } }
      all += words
    }
    return all
  }
}
