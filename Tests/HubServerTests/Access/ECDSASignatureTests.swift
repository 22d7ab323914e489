import HubTesting
import Testing

@testable import HubServer

@Suite struct ECDSASignatureTests {
  @Test func `both forms say the same, however many zeros the numbers begin with`() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<2_000 {
      let raw = number(&random) + number(&random)
      let der = ECDSASignature.der(raw: raw)
      #expect(der.map(ECDSASignature.raw(der:)) == raw)
    }
  }

  @Test func `numbers are as short as they may be and never negative`() {
    let small = [UInt8](repeating: 0, count: 31)
    #expect(ECDSASignature.der(raw: small + [1] + small + [0x80]) == [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80])
    #expect(ECDSASignature.der(raw: small + [0] + small + [0x7F]) == [0x30, 6, 2, 1, 0, 2, 1, 0x7F])
  }

  @Test func `other lengths are no signature`() {
    for count in [0, 1, 63, 65, 70, 128] {
      #expect(ECDSASignature.der(raw: [UInt8](repeating: 1, count: count)) == nil)
    }
    let der: [UInt8] = [0x30, 6, 2, 1, 1, 2, 1, 1]
    #expect(ECDSASignature.raw(der: der) != nil)
    for count in der.indices { #expect(ECDSASignature.raw(der: Array(der.prefix(count))) == nil) }
    #expect(ECDSASignature.raw(der: der + [0]) == nil)
    #expect(ECDSASignature.raw(der: [0x30, 38, 2, 33] + [UInt8](repeating: 1, count: 33) + [2, 1, 1]) == nil)
  }

  private func number(_ random: inout SeededRandom) -> [UInt8] {
    let zeros = random.number(in: 0...32)
    return [UInt8](repeating: 0, count: zeros)
      + (zeros..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
