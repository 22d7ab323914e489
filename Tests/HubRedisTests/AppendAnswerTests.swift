import HubRooms
import HubWire
import Testing

@testable import HubRedis

@Suite struct AppendAnswerTests {
  private func read(_ values: RESPValue..., count: Int) -> [Result<Appended, HubError>]? {
    AppendAnswer.read(.array(values), count: count)
  }

  @Test func `each event has its answer`() throws {
    let answers = try #require(
      read(
        .bulk(Array("abc".utf8)), .integer(7), .integer(0), .bulk(Array("abc 3 12".utf8)), .bulk(Array("abc 0 1".utf8)),
        .bulk(Array("conflict".utf8)), count: 5))
    #expect(answers[0] == .success(.fresh(Position(epoch: "abc", offset: 7))))
    #expect(answers[1] == .success(.fresh(nil)))
    #expect(answers[2] == .success(.duplicate(Position(epoch: "abc", offset: 3), subscribers: 12)))
    #expect(answers[3] == .success(.duplicate(nil, subscribers: 1)))
    #expect(throws: HubError.self) { try answers[4].get() }
  }

  @Test func `what the script does not say is no answer`() {
    #expect(read(.bulk(Array("abc".utf8)), .integer(7), count: 2) == nil)
    #expect(read(.bulk(Array("abc".utf8)), .integer(-1), count: 1) == nil)
    #expect(read(.bulk(Array("abc".utf8)), .null, count: 1) == nil)
    #expect(read(.bulk(Array("abc".utf8)), .bulk(Array("a b c".utf8)), count: 1) == nil)
    #expect(AppendAnswer.read(.integer(1), count: 0) == nil)
  }
}
