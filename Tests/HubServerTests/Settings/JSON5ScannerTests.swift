import HubTesting
import Testing

@testable import HubServer

@Suite struct JSON5ScannerTests {
  /// A canonical spelling, so that a table can say what a text means.
  static func canonical(_ node: JSON5Node) -> String {
    switch node.value {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let number): number.integer.map { "\($0)" } ?? "\(number.double)"
    case .string(let text): JSONText.quoted(text)
    case .array(let nodes): "[" + nodes.map(canonical).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(JSONText.quoted($0.key)):\(canonical($0.node))" }.joined(separator: ",") + "}"
    }
  }

  static func failure(of text: String) -> JSON5Error? {
    do throws(JSON5Error) {
      _ = try JSON5Scanner.parse(Array(text.utf8))
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    ("null", "null"), ("true", "true"), (" false ", "false"),
    // Numbers.
    ("0", "0"), ("-0", "0"), ("12", "12"), ("+12", "12"), ("-12", "-12"), (".5", "0.5"), ("5.", "5"), ("5.25", "5.25"),
    ("1e3", "1000"), ("1E+3", "1000"), ("25e-1", "2.5"), (".5e1", "5"), ("5.e1", "50"), ("0x1F", "31"), ("0Xff", "255"),
    ("-0x10", "-16"), ("Infinity", "inf"), ("+Infinity", "inf"), ("-Infinity", "-inf"), ("NaN", "nan"),
    ("9223372036854775807", "9223372036854775807"), ("9007199254740993", "9007199254740993"), ("1e999", "inf"),
    ("0xFFFFFFFFFFFFFFFF", "1.8446744073709552e+19"),
    // Strings.
    (#""a""#, #""a""#), (#"'a"b'"#, #""a\"b""#), (#""a'b""#, #""a'b""#), (#"'\'\"\\'"#, #""'\"\\""#),
    (#"'\b\f\n\r\t\v\0'"#, "\"\\u0008\\u000c\\n\\r\\t\\u000b\\u0000\""), (#"'\x41\u0042'"#, #""AB""#),
    (#"'\uD83D\uDE00'"#, #""😀""#), (#"'\a\q\/'"#, #""aq/""#), ("'a\\\nb'", #""ab""#), ("'a\\\r\nb'", #""ab""#),
    ("'a\\\u{2028}b'", #""ab""#), ("'a\u{2028}b'", "\"a\\u2028b\""), ("'a\tb'", #""a\tb""#), ("''", #""""#),
    // Arrays.
    ("[]", "[]"), ("[1]", "[1]"), ("[1,]", "[1]"), ("[ 1 , [2] , ]", "[1,[2]]"),
    // Objects.
    ("{}", "{}"), ("{a:1}", #"{"a":1}"#), ("{'a b':1,}", #"{"a b":1}"#), (#"{"a":{b:[]}}"#, #"{"a":{"b":[]}}"#),
    ("{$_:1,ümlaut:2,a1:3,\\u0061b:4}", #"{"$_":1,"ümlaut":2,"a1":3,"ab":4}"#),
    ("{true:1,null:2,Infinity:3}", #"{"true":1,"null":2,"Infinity":3}"#),
    ("{a:1,a:2}", #"{"a":1,"a":2}"#),
    // Space and comments.
    ("\u{FEFF}1", "1"), ("\t\u{B}\u{C} \u{A0}\u{3000}\n\r\u{2028}\u{2029}1", "1"), ("// c\n1 // d", "1"),
    ("/* * / **/1/**/", "1"), ("[1/**/,//\r2]", "[1,2]"),
  ])
  func `what the grammar allows means what JavaScript makes of it`(text: String, expected: String) throws {
    #expect(Self.canonical(try JSON5Scanner.parse(Array(text.utf8))) == expected)
  }

  @Test(arguments: [
    ("", 1, 1), ("  ", 1, 3), ("// c", 1, 5), ("/* c", 1, 1), ("/", 1, 1), ("\n  nul", 2, 3), ("truer", 1, 1),
    ("undefined", 1, 1),
    ("1 2", 1, 3), ("01", 1, 3), ("-", 1, 2), ("+ 1", 1, 2), (".", 1, 2), ("1e", 1, 3), ("1e+", 1, 4), ("0x", 1, 3),
    ("0xg", 1, 3), ("1a", 1, 2), ("1.2.3", 1, 4), ("Infinite", 1, 1), ("--1", 1, 2), ("1_000", 1, 2), ("NaNa", 1, 1),
    ("'a", 1, 1), ("'a\n'", 1, 1), ("'a\r'", 1, 1), (#"'\x4'"#, 1, 5), (#"'\u12G4'"#, 1, 6), (#"'\1'"#, 1, 2),
    (#"'\01'"#, 1, 2),
    (#"'\uD800'"#, 1, 2), (#"'\uDC00'"#, 1, 2), (#"'\uD800\u0041'"#, 1, 2), (#"'\"#, 1, 3),
    ("[", 1, 2), ("[1", 1, 3), ("[,]", 1, 2), ("[1,,2]", 1, 4), ("[1 2]", 1, 4), ("[1}", 1, 3), ("]", 1, 1),
    ("{", 1, 2), ("{a}", 1, 3), ("{a:}", 1, 4), ("{,}", 1, 2), ("{a:1,,}", 1, 6), ("{a:1 b:2}", 1, 6), ("{1:2}", 1, 2),
    ("{a-b:1}", 1, 3), (#"{\x61:1}"#, 1, 2), (#"{\u0020:1}"#, 1, 2), ("{a:1]", 1, 5),
    ("{\r\n  a: 1,\r\n  b: ?\r\n}", 3, 6), ("[\r\r?", 3, 1), ("[\u{2028}?", 2, 1), ("['ü😀', ?", 1, 8),
  ])
  func `what the grammar forbids is refused at its line and column`(text: String, line: Int, column: Int) {
    #expect(Self.failure(of: text)?.position == SourcePosition(line: line, column: column))
  }

  @Test func `every prefix of a text is read or refused, and never past its end`() throws {
    let text = Array(#"{a: [1, -.5e3, 0xF, 'x\u0041\'', "y"], /* c */ $b: {c: null,}, // d"#.utf8) + Array("\n}".utf8)
    _ = try JSON5Scanner.parse(text)
    for end in text.indices {
      let error = Self.failure(of: String(decoding: text[..<end], as: UTF8.self))
      let position = try #require(error?.position)
      let isSecondLine = text[..<end].contains(UInt8(ascii: "\n"))
      #expect(position <= SourcePosition(line: isSecondLine ? 2 : 1, column: isSecondLine ? 1 : end + 1))
    }
  }

  @Test func `any bytes at all are read or refused`() {
    var random = SeededRandom(seed: 5)
    let alphabet = Array("{}[]:,'\"\\/*+-.0123xueEINab \n\r\u{2028}".utf8) + [0xFF, 0x80, 0xE2]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...24, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      _ = try? JSON5Scanner.parse(bytes)
    }
  }

  @Test func `keys and values know where they begin`() throws {
    let root = try JSON5Scanner.parse(Array("// c\n{ a: 1,\n  'b': [2,\n 3] }".utf8))
    guard case .object(let members) = root.value, case .array(let list) = members[1].node.value else {
      Issue.record("not an object")
      return
    }
    #expect(root.position == SourcePosition(line: 2, column: 1))
    #expect(members.map(\.keyPosition) == [SourcePosition(line: 2, column: 3), SourcePosition(line: 3, column: 3)])
    #expect(members[0].node.position == SourcePosition(line: 2, column: 6))
    #expect(list.map(\.position) == [SourcePosition(line: 3, column: 9), SourcePosition(line: 4, column: 2)])
  }

  @Test func `invalid UTF-8 is refused where it stands`() {
    #expect(
      throws: JSON5Error(position: SourcePosition(line: 2, column: 2), reason: "the file is not valid UTF-8 here")
    ) {
      try JSON5Scanner.parse(Array("{\n ".utf8) + [0xFF])
    }
  }

  @Test func `thirty-two levels nest and thirty-three do not`() {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(Self.failure(of: nested(32)) == nil)
    #expect(Self.failure(of: nested(33))?.position == SourcePosition(line: 1, column: 33))
  }

  @Test func `one mebibyte is read and one byte more is not`() {
    let text = String(repeating: " ", count: (1 << 20) - 1) + "1"
    #expect(Self.failure(of: text) == nil)
    #expect(Self.failure(of: text + " ") != nil)
  }
}
