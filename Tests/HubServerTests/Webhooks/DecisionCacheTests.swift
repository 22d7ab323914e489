import HubIO
import HubWire
import Testing

@testable import HubServer

@Suite struct DecisionCacheTests {
  private static let allow = try! BackendAnswer(Array(#"{"allow":true}"#.utf8), isPublish: false)
  private static let refuse = try! BackendAnswer(Array(#"{"allow":false}"#.utf8), isPublish: false)

  private static func at(_ seconds: Int64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }
  private static func key(_ user: String, _ room: String? = nil) -> DecisionCache.Key {
    DecisionCache.Key(user: user, room: room.map { try! RoomName($0) })
  }

  @Test func `an answer counts for its user, its room and its time`() {
    var cache = DecisionCache()
    cache.note(Self.refuse, for: Self.key("ann", "a"), at: Self.at(0), for: .seconds(10))
    #expect(cache.answer(for: Self.key("ann", "a"), at: Self.at(9)) == Self.refuse)
    #expect(cache.answer(for: Self.key("ann", "a"), at: Self.at(10)) == nil)
    #expect(cache.answer(for: Self.key("ann", "b"), at: Self.at(1)) == nil)
    #expect(cache.answer(for: Self.key("ann"), at: Self.at(1)) == nil)
    #expect(cache.answer(for: Self.key("bob", "a"), at: Self.at(1)) == nil)
    cache.note(Self.allow, for: Self.key("bob"), at: Self.at(0), for: .zero)
    #expect(cache.count == 1)
  }

  @Test func `a later answer takes an earlier one's place`() {
    var cache = DecisionCache(maximum: 2)
    for second in 0..<10 {
      cache.note(
        second % 2 == 0 ? Self.allow : Self.refuse, for: Self.key("ann"), at: Self.at(Int64(second)), for: .seconds(5))
    }
    #expect(cache.answer(for: Self.key("ann"), at: Self.at(13)) == Self.refuse)
    #expect(cache.count == 1)
  }

  @Test func `the oldest answers are forgotten first`() {
    var cache = DecisionCache(maximum: 100)
    for number in 0..<1_000 {
      cache.note(Self.allow, for: Self.key("user \(number)"), at: Self.at(0), for: .seconds(10))
      #expect(cache.count <= 100)
    }
    #expect(cache.answer(for: Self.key("user 899"), at: Self.at(1)) == nil)
    #expect(cache.answer(for: Self.key("user 900"), at: Self.at(1)) != nil)
    #expect(cache.answer(for: Self.key("user 999"), at: Self.at(1)) != nil)
  }
}
