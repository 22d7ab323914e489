import Glibc
import HubTesting
import Testing

@testable import HubServer

@Suite struct LogFormatterTests {
  static func format(_ style: LogStyle, _ message: String, _ fields: [LogField] = [], level: LogLevel = .info) -> String
  {
    var formatter = LogFormatter(style)
    var bytes: [UInt8] = []
    formatter.append(LogLine(time: 5_000_000, level: level, message: message, fields: fields), to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static let hostile: [(text: String, escaped: String)] = [
    ("a\nb", #"a\nb"#), ("a\r\nb", #"a\r\nb"#), ("\u{1B}[31m", #"\u001b[31m"#), ("\0", #"\u0000"#),
    ("\u{7F}", #"\u007f"#),
    ("\u{9B}31m", #"\u009b31m"#), ("a\u{2028}b", #"a\u2028b"#), ("\u{202E}gpj", #"\u202egpj"#), ("\t", #"\t"#),
    ("\u{2066}x\u{2069}", #"\u2066x\u2069"#),
  ]

  @Test(arguments: hostile)
  func `no value begins a line or moves the cursor`(text: String, escaped: String) {
    let json = Self.format(.json, text, [LogField("a", text)])
    #expect(json.hasSuffix("\"message\":\"\(escaped)\",\"a\":\"\(escaped)\"}\n"))
    #expect(json.hasPrefix("{\"time\":\"1970-01-01T00:00:00.005Z\",\"level\":\"info\","))
    let plain = Self.format(.text(isColoured: false), text, [LogField("a", text)])
    #expect(plain == "1970-01-01T00:00:00.005Z INFO    \(escaped) a=\"\(escaped)\"\n")
  }

  @Test func `values that could be mistaken are quoted`() {
    func shown(_ text: String) -> Substring {
      let line = Self.format(.text(isColoured: false), "m", [LogField("a", text)])
      return line[line.firstIndex(of: "=")!...].dropFirst().dropLast()
    }
    #expect(shown("plain/1:ü") == "plain/1:ü")
    #expect(shown("two words") == "\"two words\"")
    #expect(shown("") == "\"\"")
    #expect(shown("b=c") == "\"b=c\"")
    #expect(shown("say \"x\" \\") == #""say \"x\" \\""#)
  }

  @Test func `random text in JSON reads back as it was`() throws {
    var random = SeededRandom(seed: 3)
    for _ in 0..<500 {
      var text = String.UnicodeScalarView()
      for _ in 0..<20 {
        if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) { text.append(scalar) }
      }
      let line = Self.format(.json, String(text))
      guard case .object(let members) = try JSON5Scanner.parse(Array(line.utf8)).value else {
        throw CancellationError()
      }
      #expect(members[2].node.value == .string(String(text)))
      #expect(line.filter { $0.isNewline }.count == 1)
    }
  }

  @Test func `each kind of value has its form`() {
    let id = TraceID(high: 1, low: 2)!
    let fields = [
      LogField("n", -1), LogField("b", .boolean(true)), LogField("d", .duration(.nanoseconds(12_345_678))),
      LogField("t", .trace(id)),
      LogField("z", .duration(.seconds(-1))),
    ]
    let trace = "00000000000000010000000000000002"
    #expect(
      Self.format(.json, "m", fields).hasSuffix("\"n\":-1,\"b\":true,\"d\":12.345,\"t\":\"\(trace)\",\"z\":0.000}\n"))
    #expect(
      Self.format(.text(isColoured: false), "m", fields).hasSuffix(" m n=-1 b=true d=12.345 t=\(trace) z=0.000\n"))
  }

  @Test func `colour stands around the level alone`() {
    let plain = Self.format(.text(isColoured: false), "m", level: .error)
    let coloured = Self.format(.text(isColoured: true), "m", level: .error)
    #expect(plain == "1970-01-01T00:00:00.005Z ERROR   m\n")
    #expect(coloured == "1970-01-01T00:00:00.005Z \u{1B}[31mERROR  \u{1B}[0m m\n")
  }

  @Test func `long text is cut`() {
    let line = Self.format(.json, String(repeating: "ü", count: 100_000))
    #expect(line.count { $0 == "ü" } == LogFormatter.longestText)
    #expect(line.hasSuffix("ü…\"}\n"))
  }

  @Test func `times are the calendar's`() {
    var random = SeededRandom(seed: 1)
    let seconds =
      [0, 59, 86_399, 86_400, 951_782_399, 951_782_400, 951_868_800, 1_709_164_800, 4_107_542_400]
      + (0..<2_000).map { _ in Int.random(in: 0...250_000_000_000, using: &random) }
    for second in seconds {
      var (time, parts) = (time_t(second), tm())
      gmtime_r(&time, &parts)
      var buffer = [CChar](repeating: 0, count: 64)
      let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
      let expected = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      #expect(UTCTime(seconds: second).text == expected)
    }
  }
}
