import Foundation
import HubWire
import Testing

@Suite struct JSONScannerRandomTests {
  @Test(arguments: 0..<8) func `whatever the grammar generates is accepted`(_ seed: UInt64) throws {
    var random = RandomJSON(seed: seed)
    for _ in 0..<500 {
      let text = random.text()
      #expect(throws: Never.self) { try scan(text).get() }
    }
  }

  @Test(arguments: 0..<8) func `no proper beginning of an object or array is JSON`(_ seed: UInt64) {
    var random = RandomJSON(seed: 100 + seed)
    for _ in 0..<50 {
      let text = Array("[\(random.text(depth: 3))]".utf8)
      for length in 0..<text.count { #expect(!isJSON(Array(text[..<length]))) }
    }
  }

  @Test(arguments: 0..<8) func `the wordwise scan agrees with its bytewise twin`(_ seed: UInt64) {
    var random = RandomJSON(seed: 200 + seed)
    for _ in 0..<2_000 {
      let text = random.mutate(Array(random.text().utf8))
      let twin = Result { () throws(JSONError) in
        try JSONScanner.validate(text.span, maximumDepth: 256, runs: BytewisePlainRun.self)
      }
      #expect(scan(text) == twin)
    }
  }

  /// Foundation reads a little more and a little less than RFC 8259: it guesses UTF-16 and UTF-32, skips a byte order
  /// mark and some trailing commas, refuses half surrogate pairs and numbers beyond a Double. Texts where that matters are left out.
  @Test(arguments: 0..<8) func `the scan of mutated texts agrees with Foundation`(_ seed: UInt64) {
    var random = RandomJSON(seed: 300 + seed)
    var valid = 0
    for _ in 0..<2_000 {
      let text = random.mutate(Array(random.text().utf8))
      guard let string = String(validating: text, as: UTF8.self) else {
        #expect(!isJSON(text))
        continue
      }
      if string.contains(/\\u[dD][89a-fA-F]|[eE][+\-]?[0-9]{3}|,\s*[\]}]/) { continue }
      let foundation = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
      #expect(isJSON(text) == foundation, "\(string)")
      if foundation { valid += 1 }
    }
    #expect(valid > 50)
  }

  @Test(arguments: 0..<8) func `one line is valid, as long, stays as it is, and means the same`(_ seed: UInt64) throws {
    var random = RandomJSON(seed: 400 + seed)
    for _ in 0..<300 {
      let text = Array(random.text().utf8)
      let line = JSONScanner.oneLine(text.span)
      #expect(try scan(line).get() == JSONShape(kind: try scan(text).get().kind, needsCompaction: false))
      #expect(line.count == text.count)
      #expect(JSONScanner.oneLine(line.span) == line)
      #expect(JSONScanner.oneLine(text, shape: try scan(text).get()) == line)
      for (before, after) in zip(text, line) where before != after {
        #expect([0x09, 0x0A, 0x0D].contains(before) && after == 0x20)
      }
      let options: JSONSerialization.ReadingOptions = .fragmentsAllowed
      let read = try JSONSerialization.jsonObject(with: Data(text), options: options) as? NSObject
      #expect(read == (try JSONSerialization.jsonObject(with: Data(line), options: options) as? NSObject))
    }
  }

  @Test func `one line keeps number spelling, key order and doubled keys`() {
    let text = Array("{\n\t\"b\": 1.50,\r\n\t\"a\": 1E+2, \"a\": \"\\n\"\n}".utf8)
    #expect(
      String(decoding: JSONScanner.oneLine(text.span), as: UTF8.self)
        == "{  \"b\": 1.50,   \"a\": 1E+2, \"a\": \"\\n\" }")
  }
}
