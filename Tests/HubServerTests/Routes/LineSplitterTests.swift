import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct LineSplitterTests {
  private static func lines(_ pieces: [[UInt8]], limit: Int = 20) throws -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines: [LineSplitter.Line] = []
    for piece in pieces { lines += try splitter.take(piece) }
    if let rest = splitter.takeRest() { lines.append(rest) }
    return lines.map { "\($0.number) \(String(decoding: $0.bytes, as: UTF8.self))" }
  }

  private static let input = Array("one\n\n two\r\n  \t\nthree\n".utf8)
  private static let expected = ["1 one", "3  two\r", "5 three"]

  @Test func `lines are the same however the input is split`() throws {
    let input = Self.input
    #expect(try Self.lines([input]) == Self.expected)
    #expect(try Self.lines(input.map { [$0] }) == Self.expected)
    for first in 0...input.count {
      for second in first...input.count {
        let pieces = [Array(input[..<first]), Array(input[first..<second]), Array(input[second...])]
        #expect(try Self.lines(pieces) == Self.expected, "split at \(first) and \(second)")
      }
    }
  }

  @Test func `the last line needs no end, and blank lines are only counted`() throws {
    #expect(try Self.lines([Array("a\n\n\nb".utf8)]) == ["1 a", "4 b"])
    #expect(try Self.lines([]).isEmpty)
    #expect(try Self.lines([Array("\n \n\t".utf8)]).isEmpty)
  }

  @Test func `a line over the limit is refused with its number, in one piece or in many`() {
    let long = Array("ok\n123456\n".utf8)
    for pieces in [[long], long.map { [$0] }] {
      #expect(throws: HubError.self) { try Self.lines(pieces, limit: 5) }
    }
    #expect(throws: Never.self) { try Self.lines([long], limit: 6) }
    do { _ = try Self.lines([long], limit: 5) } catch { #expect("\(error)".contains("line 2")) }
  }
}
