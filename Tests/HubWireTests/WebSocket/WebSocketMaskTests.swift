import HubTesting
import HubWire
import Testing

@Suite struct WebSocketMaskTests {
  @Test func theFastWayAgreesWithThePlainWayAtEveryOffset() {
    var dice = SeededRandom(seed: 1)
    let source = (0..<128).map { _ in UInt8.random(in: 0...255, using: &dice) }
    for start in 0..<32 {
      for target in 0..<32 {
        for count in 0...40 {
          let mask = WebSocketMask(wireOrder: UInt32.random(in: 0...UInt32.max, using: &dice))
          var (fast, plain) = (mask, mask)
          let piece = source.span.extracting(start..<start + count)
          let gap = [UInt8](repeating: 0, count: target)
          let one = append(piece, after: gap) { fast.append($0, to: &$1) }
          let other = append(piece, after: gap) { plain.appendByteWise($0, to: &$1) }
          if one != other || fast != plain { Issue.record("start \(start), target \(target), count \(count)") }
        }
      }
    }
  }

  @Test func maskingInPiecesIsMaskingAtOnce() {
    let source = (0..<100).map { UInt8($0) }
    for first in 0...100 {
      var whole = WebSocketMask(wireOrder: 0xDEAD_BEEF)
      let once = append(source.span, after: []) { whole.append($0, to: &$1) }
      var pieces = WebSocketMask(wireOrder: 0xDEAD_BEEF)
      let head = append(source.span.extracting(first: first), after: []) { pieces.append($0, to: &$1) }
      let both = append(source.span.extracting(droppingFirst: first), after: head) { pieces.append($0, to: &$1) }
      #expect(both == once)
      #expect(pieces == whole)
    }
  }

  @Test func theFirstByteOfTheKeyMeetsTheFirstByteOfThePayload() {
    var mask = WebSocketMask(wireOrder: 0x0102_0304)
    let masked = append([0, 0, 0, 0, 0].span, after: []) { mask.append($0, to: &$1) }
    #expect(masked == [1, 2, 3, 4, 1])
    var read = WebSocketMask(wireOrder: 0xFFFF_FFFF)
    for byte in [1, 2, 3, 4] as [UInt8] { read.append(keyByte: byte) }
    #expect(read == WebSocketMask(wireOrder: 0x0102_0304))
  }

  private func append(
    _ piece: Span<UInt8>, after gap: [UInt8], by body: (Span<UInt8>, inout OutputSpan<UInt8>) -> Void
  ) -> [UInt8] {
    var bytes = gap
    bytes.append(addingCapacity: piece.count) { body(piece, &$0) }
    return bytes
  }
}
