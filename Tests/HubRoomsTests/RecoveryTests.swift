import HubWire
import Testing

@testable import HubRooms

@Suite struct RecoveryTests {
  private static func begin(_ after: String?, oldest: UInt64, newest: UInt64) throws -> Recovery.Beginning {
    Recovery.begin(
      after: try after.map { try ResumePoint($0) },
      reach: Recovery.Reach(epoch: "e", oldest: oldest, newest: newest))
  }

  @Test(
    arguments: [
      (nil, 5, 9, 9, nil), ("earliest", 5, 9, 4, true), ("earliest", 10, 9, 9, true), ("e-9", 5, 9, 9, true),
      ("e-4", 5, 9, 4, true), ("e-3", 5, 9, 9, false), ("e-10", 5, 9, 9, false), ("f-6", 5, 9, 9, false),
      ("e-0", 1, 0, 0, true), ("e-0", 1, 3, 0, true), ("e-0", 2, 3, 3, false), ("e-9", 10, 9, 9, true),
      ("e-8", 10, 9, 9, false), ("e-18446744073709551615", 5, 9, 9, false),
    ] as [(String?, UInt64, UInt64, UInt64, Bool?)])
  func `where a subscription begins`(_ after: String?, oldest: UInt64, newest: UInt64, offset: UInt64, recovered: Bool?)
    throws
  {
    let beginning = try Self.begin(after, oldest: oldest, newest: newest)
    #expect(beginning == Recovery.Beginning(offset: offset, recovered: recovered))
  }

  @Test func `never a partial replay: what is recovered is held whole, else it begins at the newest`() throws {
    for newest in UInt64(0)...8 {
      for oldest in 1...(newest + 1) {
        for offset in UInt64(0)...10 {
          for epoch in ["e", "f"] {
            let beginning = try Self.begin("\(epoch)-\(offset)", oldest: oldest, newest: newest)
            if beginning.recovered == true {
              #expect(epoch == "e" && beginning.offset == offset)
              #expect(offset <= newest && (offset == newest || offset + 1 >= oldest))
            } else {
              #expect(beginning.offset == newest)
              #expect(epoch != "e" || offset > newest || offset + 1 < oldest, "it could have been recovered")
            }
          }
        }
      }
    }
  }

  @Test func `lost is what lies between a subscriber and the oldest event`() {
    let reach = Recovery.Reach(epoch: "e", oldest: 5, newest: 9)
    func lost(_ offset: UInt64, epoch: String = "e") -> UInt64? {
      Recovery.lost(after: Position(epoch: epoch, offset: offset), reach: reach)
    }
    #expect(lost(3) == 4)
    #expect(lost(4) == nil)
    #expect(lost(9) == nil)
    #expect(lost(7, epoch: "f") == 4, "another epoch has nothing in common with this one")
    let empty = Recovery.Reach(epoch: "e", oldest: 10, newest: 9)
    #expect(Recovery.lost(after: Position(epoch: "e", offset: 3), reach: empty) == 9)
  }
}
