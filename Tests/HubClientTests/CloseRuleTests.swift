import Testing

@testable import HubClient

@Suite struct CloseRuleTests {
  @Test func theContractsRangesComeBack() {
    for code in [1001, 1006, 1011, 1012, 1013] + Array(4100...4499) {
      #expect(CloseRule.comesBack(after: UInt16(code)), "\(code)")
    }
  }

  @Test func theContractsRangesStayAway() {
    for code in [1002, 1003, 1007, 1009] + Array(4500...4999) {
      #expect(!CloseRule.comesBack(after: UInt16(code)), "\(code)")
    }
  }

  @Test func aLossComesBackAndAFarewellDoesNot() {
    #expect(CloseRule.comesBack(after: nil))
    #expect(!CloseRule.comesBack(after: 1000))
  }
}
