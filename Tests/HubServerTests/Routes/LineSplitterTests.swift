import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct LineSplitterTests {
  private static func lines(_ pieces: [[UInt8]], limit: Int = 20) -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines: [LineSplitter.Line] = []
    for piece in pieces { lines += splitter.take(piece) }
    if let rest = splitter.takeRest() { lines.append(rest) }
    return lines.map { "\($0.number) \($0.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "too long")" }
  }

  private static let input = Array("one\n\n two\r\n  \t\nthree\n".utf8)
  private static let expected = ["1 one", "3 two\r", "5 three"]

  @Test func `lines are the same however the input is split`() {
    let input = Self.input
    #expect(Self.lines([input]) == Self.expected)
    #expect(Self.lines(input.map { [$0] }) == Self.expected)
    for first in 0...input.count {
      for second in first...input.count {
        let pieces = [Array(input[..<first]), Array(input[first..<second]), Array(input[second...])]
        #expect(Self.lines(pieces) == Self.expected, "split at \(first) and \(second)")
      }
    }
  }

  @Test func `the last line needs no end, and blank lines are only counted`() {
    #expect(Self.lines([Array("a\n\n\nb".utf8)]) == ["1 a", "4 b"])
    #expect(Self.lines([]).isEmpty)
    #expect(Self.lines([Array("\n \n\t".utf8)]).isEmpty)
  }

  @Test func `blanks before a line do not count, however many and in however many pieces`() {
    let blanks = Array("     \t  123456\n        1234567\n \t      \n".utf8)
    for pieces in [[blanks], blanks.map { [$0] }] {
      #expect(Self.lines(pieces, limit: 6) == ["1 123456", "2 too long"])
    }
  }

  @Test func `a line over the limit is told by its number alone, in one piece or in many`() {
    let long = Array("ok\n123456\nok\n1234567".utf8)
    for pieces in [[long], long.map { [$0] }] {
      #expect(Self.lines(pieces, limit: 5) == ["1 ok", "2 too long", "3 ok", "4 too long"])
      #expect(Self.lines(pieces, limit: 6) == ["1 ok", "2 123456", "3 ok", "4 too long"])
    }
  }
}
