import HubWire
import Testing

@Suite struct PositionTests {
  @Test func `a position is read as it was written`() throws {
    for offset in [0, 1, 1042, UInt64.max] {
      for epoch in ["a", "k3J9", String(repeating: "Z", count: 32)] {
        let position = Position(epoch: epoch, offset: offset)
        #expect(try Position(position.description) == position)
        #expect(try ResumePoint(position.description) == .position(position))
      }
    }
    #expect(try ResumePoint("earliest") == .earliest)
  }

  @Test(arguments: [
    "", "-", "k", "k-", "-1", "k--1", "k-1-2", "k-+1", "k-x", "k-18446744073709551616", "k-000000000000000000001",
    "k 1-1",
    "é-1", "k~-1", "012345678901234567890123456789012-1", "k-1 ", " k-1", "latest",
  ])
  func `what is malformed is INVALID_POSITION`(_ text: String) {
    #expect { try Position(text) } throws: { ($0 as? HubError)?.code == .invalidPosition }
    #expect { try ResumePoint(text) } throws: { ($0 as? HubError)?.code == .invalidPosition }
  }
}
