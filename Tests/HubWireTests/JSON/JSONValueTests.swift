import Foundation
import HubWire
import Testing

@Suite struct JSONValueTests {
  private func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

  @Test func `escapes are read`() throws {
    #expect(try value(#""a\"\\\/\b\f\n\r\tz""#).string == "a\"\\/\u{8}\u{C}\n\r\tz")
    #expect(try value(#""\u0041\u00e9\u65E5\uD83D\ude00\u0000""#).string == "Aé日😀\u{0}")
    #expect(try value("\"é日😀\"").string == "é日😀")
    #expect(try value("\"\"").string == "")
  }

  @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800x""#, #""\ud800\n""#, #""\ud800\u0041""#, #""\udc00\ud800""#])
  func `half a surrogate pair is no text`(_ text: String) throws {
    #expect(try value(text).string == nil)
  }

  @Test(arguments: 0..<4) func `strings are read as Foundation reads them`(_ seed: UInt64) throws {
    var random = RandomJSON(seed: 500 + seed)
    var strings = 0
    for _ in 0..<1_000 {
      let text = random.text(depth: 0)
      let read = try value(text)
      guard read.kind == .string else { continue }
      strings += 1
      #expect(read.string == (try JSONDecoder().decode(String.self, from: Data(text.utf8))))
    }
    #expect(strings > 100)
  }

  @Test func `integers are whole, plain and fit`() throws {
    #expect(try value(" 42 ").integer == 42)
    #expect(try value("-9223372036854775808").integer == .min)
    #expect(try value("9223372036854775807").integer == .max)
    for text in ["9223372036854775808", "1.0", "1e2", "123456789012345678901", "\"1\"", "true"] {
      #expect(try value(text).integer == nil)
    }
  }

  @Test func `one kind is not taken for another`() throws {
    #expect(try value("true").bool == true && value("false").bool == false)
    #expect(try value("\"true\"").bool == nil && value("null").bool == nil && value("1").string == nil)
  }

  @Test func `a value is put on one line alone`() throws {
    #expect(try value("\n[1,\n2]\n").oneLine() == Array("[1, 2]".utf8))
  }
}
