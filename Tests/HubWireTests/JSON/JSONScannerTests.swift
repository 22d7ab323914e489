import HubWire
import Testing

/// What the scanner says, as a value that can stand in an expectation.
func scan(_ text: [UInt8], depth: Int = JSONScanner.maximumDepth) -> Result<JSONShape, JSONError> {
  Result { () throws(JSONError) in try JSONScanner.validate(text.span, maximumDepth: depth) }
}

func scan(_ text: String, depth: Int = JSONScanner.maximumDepth) -> Result<JSONShape, JSONError> {
  scan(Array(text.utf8), depth: depth)
}

func isJSON(_ text: [UInt8]) -> Bool { (try? scan(text).get()) != nil }

@Suite struct JSONScannerTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "-1", "1", "10", "123456789012345678901234567890", "0.5", "-0.0", "1e5", "1E5",
    "1e+5", "1e-5", "1.5e300", "0e1", "0E+1", "1e999", "\"\"", "\"a\"", "[]", "{}", "[[]]", "[{}]", "{\"a\":{}}",
    "{\"\":0}", "{\"a\":1,\"a\":2}", "[1,2,3]", "[null,1,\"1\",{}]", " 1", "1 ", "\t1", "\n1\r\n", " [ 1 , 2 ] ",
    " { \"a\" : 1 , \"b\" : 2 } ", "[\n]", "{\t}", #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u12aB""#,
    #""\uD834\uDD1E""#,
    #""\uD800""#, #""\uDC00\uD800""#, #""\uD800\n""#, "\"\u{7F}\"", "\"\u{80}\"", "\"\u{7FF}\"", "\"\u{800}\"",
    "\"\u{FFFF}\"",
    "\"\u{10000}\"", "\"\u{10FFFF}\"", "\"\u{FEFF}\"", "\"\u{2028}\u{2029}\"", "\"/\"", "\"'\"", "\"\u{D7FF}\u{E000}\"",
  ])
  func `what the grammar allows is accepted`(_ text: String) {
    #expect(throws: Never.self) { try scan(text).get() }
  }

  @Test(arguments: [
    "", " ", "\n", "nul", "nulll", "NULL", "True", "tru", "falsey", "undefined", "NaN", "Infinity", "-Infinity", "-",
    "+1",
    "01", "-01", "00", ".5", "1.", "1.e5", "1e", "1e+", "1E-", "1.5.5", "0x1", "1_000", "1,", "1 2", "1,2", "1a", "--1",
    "- 1", "1e5.5", "1 e5", "'a'", "\"", "\"a", "a\"", "\"a\"\"", "\"\\\"", "\"\\", "\"\\x\"", "\"\\a\"", "\"\\'\"",
    #""\U0041""#, #""\u""#, #""\u1""#, #""\u12""#, #""\u123""#, #""\u123g""#, #""\u 123""#, #""\u+123""#,
    "\"\t\"", "\"\n\"", "\"\r\"", "\"\u{0}\"", "\"\u{1F}\"", "\"aaaaaaa\u{1F}\"", "\"\\\n\"",
    "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1 2]", "[1,,2]", "[1}", "[]]", "[][]", "[\"a\":1]", "[1:2]",
    "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "{'a':1}",
    "{\"a\" 1}",
    "{\"a\",1}", "{\"a\"::1}", "{\"a\":}", "{\"a\":1]", "{\"a\":1 \"b\":2}", "{null:1}", "{[]:1}", "{}}", "{}{}",
    "{\"a\":1,,}",
    "// a\n1", "/* */1", "1#", "\u{FEFF}1", "\u{FEFF}", "\u{A0}1", "1\u{0B}", "1\u{0C}", "1\u{0}", "\u{2028}1",
    "[\u{85}]",
    "*", "<", "(1)", ";", "\\u0031", "é", "\"é", "[1\u{0}]",
  ])
  func `what the grammar does not allow is refused`(_ text: String) {
    #expect(throws: JSONError.self) { try scan(text).get() }
  }

  @Test(arguments: [
    [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x22], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF],
    [0xE2, 0x82],
    [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
    [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC3, 0xA9, 0xA9], [0xE9],
  ])
  func `bytes that are not UTF-8 are refused wherever they stand`(_ bytes: [UInt8]) {
    for before in 0..<10 {
      let text = [UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "x"), count: before) + bytes
      #expect(!isJSON(text + [UInt8(ascii: "\"")]))
      #expect(!isJSON(text + Array("xxxxxxxxxx\"".utf8)))
      #expect(!isJSON(text))
    }
  }

  @Test func `nesting up to the limit is accepted and one level more is refused`() {
    for depth in [1, 2, 63, 64, 65, 128, 256, 257, JSONScanner.deepest] {
      for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let levels = open.count == 6 ? 2 : 1
        let text = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        let limit = depth * levels
        guard limit <= JSONScanner.deepest else { continue }
        #expect(throws: Never.self) { try scan(text, depth: limit).get() }
        #expect(throws: JSONError.self) { try scan(text, depth: limit - 1).get() }
      }
    }
    #expect(JSONScanner.maximumDepth == 256)
    #expect(!isJSON([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)))
  }

  @Test func `each level remembers whether it is an object`() {
    var random = RandomJSON(seed: 7)
    for _ in 0..<200 {
      let kinds = (0..<200).map { _ in random.below(2) == 0 }
      let opened = kinds.map { $0 ? "{\"a\":" : "[" }.joined()
      let closed = kinds.reversed().map { $0 ? "}" : "]" }
      #expect(isJSON(Array((opened + "0" + closed.joined()).utf8)))
      var wrong = closed
      let place = random.below(wrong.count)
      wrong[place] = wrong[place] == "}" ? "]" : "}"
      #expect(!isJSON(Array((opened + "0" + wrong.joined()).utf8)))
    }
  }

  @Test func `an error says where and why`() {
    #expect(scan("{\"a\": tru}") == .failure(JSONError(offset: 9, reason: "expected true")))
    #expect(scan("[1,]") == .failure(JSONError(offset: 3, reason: "expected a value")))
    #expect(scan("[1") == .failure(JSONError(offset: 2, reason: "it ends too early")))
    #expect(scan("") == .failure(JSONError(offset: 0, reason: "there is no value")))
    #expect(scan("1 x") == .failure(JSONError(offset: 2, reason: "expected the end, after one value")))
    #expect(scan("\u{FEFF}1") == .failure(JSONError(offset: 0, reason: "a byte order mark stands before the value")))
    #expect(
      scan("\"abc\u{1}\"")
        == .failure(JSONError(offset: 4, reason: "a control character stands in a string; write it as an escape")))
    let told = JSONError(offset: 3, reason: "expected a value").hubError
    #expect(told == HubError(.invalidJSON, "not valid JSON at byte 3: expected a value"))
  }

  @Test func `the shape tells the kind and whether the text needs to be put on one line`() throws {
    #expect(try scan(" {\"a\":\"\\n\\t\"} ").get() == JSONShape(kind: .object, needsCompaction: false))
    for space in ["\n", "\r", "\t"] {
      for text in [
        "\(space)1", "1\(space)", "[\(space)]", "[1\(space),2]", "[1,\(space)2]", "{\(space)\"a\":1}",
        "{\"a\"\(space):1}", "{\"a\":\(space)1}", "{\"a\":1\(space)}", "{\"a\":1,\(space)\"b\":2}",
      ] {
        #expect(try scan(text).get().needsCompaction)
      }
    }
    for (text, kind) in [
      ("1", JSONKind.number), ("-1", .number), ("\"\"", .string), ("true", .bool), ("false", .bool),
      ("null", .null), ("[]", .array), ("{}", .object),
    ] {
      #expect(try scan(text).get() == JSONShape(kind: kind, needsCompaction: false))
    }
  }
}
