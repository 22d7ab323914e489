import Testing

@testable import HubLoad

@Suite struct SequenceCheckTests {
  private func findings(_ numbers: [UInt64]) -> [String] {
    var check = SequenceCheck()
    return numbers.map { "\(check.take($0))" }
  }

  @Test func `numbers that follow one another are in order`() {
    #expect(findings([0, 1, 2]) == ["inOrder", "inOrder", "inOrder"])
  }

  @Test func `a hole is told, and filled late, and a number told twice is a double`() {
    #expect(findings([0, 3, 1, 1, 3]) == ["inOrder", "skipped(2)", "late", "double", "double"])
  }

  @Test func `what is out of the window is too old to tell`() {
    #expect(findings([1000, 1]) == ["skipped(1000)", "tooOld"])
  }

  @Test func `two that saw other orders have other digests`() {
    var (one, other) = (SequenceCheck(), SequenceCheck())
    for number: UInt64 in [0, 1, 2] { _ = one.take(number) }
    for number: UInt64 in [0, 2, 1] { _ = other.take(number) }
    #expect(one.digest != other.digest)
  }
}
