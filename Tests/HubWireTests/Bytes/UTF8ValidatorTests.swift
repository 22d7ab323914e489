import HubWire
import Testing

@Suite struct UTF8ValidatorTests {
  /// The ends of every range that Unicode table 3-7 tells apart: all bytes between two of them behave alike.
  private static let classes: [UInt8] = [
    0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
    0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test func shortSequencesAreJudgedAsTheStandardLibraryDoes() {
    var sequences: [[UInt8]] = [[]]
    for length in 1...3 {
      sequences = sequences.flatMap { head in Self.classes.map { head + [$0] } }
      for sequence in sequences { check(sequence) }
      #expect(sequences.count == [24, 576, 13_824][length - 1])
    }
  }

  @Test func fourByteSequencesAreJudgedAsTheStandardLibraryDoes() {
    let tails: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0]
    for first in [0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF] as [UInt8] {
      for second in Self.classes {
        for third in tails {
          for fourth in tails { check([first, second, third, fourth]) }
        }
      }
    }
  }

  @Test func everyLeadAndSecondByteIsJudgedAsTheStandardLibraryDoes() {
    for first in 0x80...0xFF as ClosedRange<UInt8> {
      for second in 0x00...0xFF as ClosedRange<UInt8> { check([first, second, 0x80, 0x80]) }
    }
  }

  /// The sequence alone, and deep in ASCII so that the fast way meets it at every offset of a word.
  private func check(_ sequence: [UInt8]) {
    let expected = String(validating: sequence, as: UTF8.self) != nil
    if UTF8Validator.isValid(sequence.span) != expected { Issue.record("\(sequence)") }
    let lead = Int(sequence[0] & 7)
    let padded = [UInt8](repeating: 0x61, count: 8 + lead) + sequence + [UInt8](repeating: 0x62, count: 12)
    if UTF8Validator.isValid(padded.span) != expected { Issue.record("\(sequence) in ASCII") }
  }

  @Test func everySplitAndThePlainWayJudgeAlike() {
    let texts: [[UInt8]] = [
      Array("plain ASCII of more than one word".utf8), Array("Grüße, 世界 🎈🎈 and ASCII again, then é".utf8),
      Array("мир мир мир".utf8) + [0xE2, 0x82], [0x61, 0xED, 0xA0, 0x80, 0x61], Array("12345678".utf8) + [0xFF],
      Array("日本語".utf8) + [0xF4, 0x90, 0x80, 0x80] + Array("more".utf8), [0xF0, 0x9F, 0x8E], [],
    ]
    for text in texts {
      let whole = judge(text, cutAt: text.count)
      #expect((whole == .complete) == (String(validating: text, as: UTF8.self) != nil))
      for cut in 0...text.count {
        let halves = judge(text, cutAt: cut)
        #expect(halves == whole, "\(text) cut at \(cut)")
      }
      var plain = UTF8Validator()
      var isValid = true
      for byte in text { isValid = plain.consume(byte) && isValid }
      #expect(verdict(plain, isValid) == whole)
    }
  }

  @Test func invalidTextIsKnownAtItsFirstByteAndStaysInvalid() {
    let hopeless: [[UInt8]] = [
      [0x80], [0xC0], [0xC1], [0xF5], [0xE0, 0x9F], [0xED, 0xA0], [0xF0, 0x8F], [0xF4, 0x90], [0xC3, 0x61],
      [0xE1, 0x80, 0x61],
    ]
    for bytes in hopeless {
      var validator = UTF8Validator()
      let answers = bytes.map { validator.consume($0) }
      #expect(answers == bytes.dropLast().map { _ in true } + [false], "\(bytes)")
      let afterNothing = validator.consume([UInt8]().span)
      let afterLetter = validator.consume(0x61)
      #expect(!afterNothing && !afterLetter && !validator.isComplete)
    }
  }

  private enum Verdict { case invalid, incomplete, complete }

  private func judge(_ text: [UInt8], cutAt cut: Int) -> Verdict {
    var validator = UTF8Validator()
    let head = validator.consume(text.span.extracting(first: cut))
    let tail = validator.consume(text.span.extracting(droppingFirst: cut))
    return verdict(validator, head && tail)
  }

  private func verdict(_ validator: UTF8Validator, _ isValid: Bool) -> Verdict {
    isValid ? validator.isComplete ? .complete : .incomplete : .invalid
  }
}
