import HubTesting
import Testing

@testable import HubServer

@Suite struct TraceContextTests {
  static let trace = "0af7651916cd43dd8448eb211c80319c"
  static let span = "b7ad6b7169203331"
  static var valid: String { "00-\(trace)-\(span)-01" }

  @Test(arguments: [
    ("00-\(trace)-\(span)-01", true), ("00-\(trace)-\(span)-00", false), ("00-\(trace)-\(span)-03", true),
    ("00-\(trace)-\(span)-fe", false), ("01-\(trace)-\(span)-01", true), ("cc-\(trace)-\(span)-01", true),
    ("cc-\(trace)-\(span)-01-what-comes", true), ("fe-\(trace)-\(span)-00-", false),
    ("00-00000000000000000000000000000001-\(span)-01", true), ("00-10000000000000000000000000000000-\(span)-01", true),
  ])
  func `a valid parent is read`(text: String, isSampled: Bool) throws {
    let context = try #require(TraceContext(parent: text))
    #expect(context.isSampled == isSampled)
    #expect(context.traceID.description == text.dropFirst(3).prefix(32))
    #expect(context.parent == "00-\(context.traceID)-\(Self.span)-\(isSampled ? "01" : "00")")
  }

  @Test(arguments: [
    "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-0", "00-\(trace)-\(span)-011",
    "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-x", "01-\(trace)-\(span)-01x", "ff-\(trace)-\(span)-01",
    "0-\(trace)-\(span)-01", "0x-\(trace)-\(span)-01", "FE-\(trace)-\(span)-01", "00_\(trace)-\(span)-01",
    "00-\(trace)_\(span)-01", "00-\(trace)-\(span)_01", "00-00000000000000000000000000000000-\(span)-01",
    "00-\(trace)-0000000000000000-01", "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01",
    "00-\(trace)-\(span)-0A", "00-\(trace)-\(span)-0g", "00-\(trace.dropLast())g-\(span)-01",
    "00-\(trace.dropLast())-\(span)-011",
    " \(valid)", "\(valid) ", "00-\(trace.dropLast())ü-\(span)-01", "00-\(trace)-\(span.dropLast()) -01",
  ])
  func `anything else is no parent`(text: String) {
    #expect(TraceContext(parent: text) == nil)
  }

  @Test func `a changed byte is refused or seen`() throws {
    let original = try #require(TraceContext(parent: Self.valid))
    for index in 0..<55 {
      for byte in UInt8(0x20)...0x7E where byte != Array(Self.valid.utf8)[index] {
        var bytes = Array(Self.valid.utf8)
        bytes[index] = byte
        guard let changed = TraceContext(parent: String(decoding: bytes, as: UTF8.self)) else { continue }
        #expect(index < 2 || index > 52 || changed != original)
      }
    }
  }

  @Test func `a parent is continued under a new span`() throws {
    var random = SeededRandom(seed: 1)
    let next = TraceContext.of(parents: [Self.valid], states: ["a=1", "b=2"], using: &random)
    #expect(next.traceID.description == Self.trace)
    #expect(Hexadecimal.text(next.spanID) != Self.span)
    #expect(next.isSampled)
    #expect(next.state == "a=1,b=2")
  }

  @Test(arguments: [[], ["nonsense"], [valid, valid]])
  func `a trace is begun where none is named, and no state goes along`(parents: [String]) {
    var random = SeededRandom(seed: 1)
    let first = TraceContext.of(parents: parents, states: ["a=1"], using: &random)
    let second = TraceContext.of(parents: parents, states: ["a=1"], using: &random)
    #expect(first.traceID != second.traceID && first.traceID.description != Self.trace)
    #expect(first.state == "" && !first.isSampled)
  }

  @Test func `what is written is read back, and the same seed writes the same`() {
    var (random, again) = (SeededRandom(seed: 7), SeededRandom(seed: 7))
    for _ in 0..<1_000 {
      let context = TraceContext.begin(using: &random).next(using: &random)
      #expect(TraceContext(parent: context.parent) == context)
      #expect(TraceContext.begin(using: &again).next(using: &again) == context)
    }
  }

  @Test func `zero is never drawn`() {
    struct Zeros: RandomNumberGenerator {
      var left = 3
      mutating func next() -> UInt64 {
        left -= 1
        return left >= 0 ? 0 : 5
      }
    }
    var zeros = Zeros()
    #expect(TraceContext.begin(using: &zeros).parent == "00-00000000000000000000000000000005-0000000000000005-00")
  }

  @Test(arguments: [
    ([], ""), (["a=1"], "a=1"), (["a=1,b=2", "c=3"], "a=1,b=2,c=3"),
    ([String(repeating: "x", count: 512)], String(repeating: "x", count: 512)),
    ([String(repeating: "x", count: 513)], ""), (["a=1\r\nX: y"], ""), (["ü=1"], ""),
  ])
  func `state is carried untouched or not at all`(states: [String], carried: String) {
    #expect(TraceContext(parent: Self.valid, states: states)?.state == carried)
  }

  @Test func `the system's random numbers begin different traces`() {
    #expect(TraceContext.of(parents: [], states: []).traceID != TraceContext.of(parents: [], states: []).traceID)
  }
}
