import HubIO
import HubWire
import Testing

@testable import HubRooms

@Suite struct PresenceStateTests {
  private static func key(_ number: UInt64) -> PresenceKey {
    PresenceKey(connection: ConnectionID(high: 0, low: number), serial: number)
  }

  private static let info = Array(#"{"name":"Ann"}"#.utf8)
  private static let end = Samples.moment(60)
  private static let joined = PresenceChange.joined(user: "ann", info: info)
  private static let left = PresenceChange.left(user: "ann", info: info)

  /// With a leave of three seconds, and Ann there by her first connection.
  private static func withAnn() -> PresenceState {
    var state = PresenceState(hold: .seconds(3))
    #expect(state.enter(key(1), user: "ann", info: info, until: end) == joined)
    return state
  }

  @Test func `a user joins with the first connection and not with others`() {
    var state = Self.withAnn()
    #expect(state.enter(Self.key(2), user: "ann", info: Self.info, until: Self.end) == nil)
    #expect(state.enter(Self.key(3), user: "bob", info: nil, until: Self.end) == .joined(user: "bob", info: nil))
    #expect(state.count == 2 && state.connections == 3)
    #expect(
      state.page(after: nil, limit: 9).members == [
        Member(user: "ann", info: Self.info, connections: 2), Member(user: "bob", info: nil, connections: 1),
      ])
  }

  @Test func `a leave is held back, and told when its time has come`() {
    var state = Self.withAnn()
    #expect(state.leave(Self.key(1), at: Samples.moment(10)) == nil)
    #expect(state.page(after: nil, limit: 9).members == [Member(user: "ann", info: Self.info, connections: 0)])
    #expect(state.tick(at: Moment(nanoseconds: 12_999_999_999)).changes.isEmpty)
    #expect(state.tick(at: Samples.moment(13)).changes == [Self.left])
    #expect(state.isEmpty && state.tick(at: Samples.moment(500)).changes.isEmpty)
  }

  @Test func `who returns in time has never left, and whose return ends is held back anew`() {
    var state = Self.withAnn()
    #expect(state.leave(Self.key(1), at: Samples.moment(10)) == nil)
    #expect(state.enter(Self.key(2), user: "ann", info: Self.info, until: Self.end) == nil)
    #expect(state.tick(at: Samples.moment(20)).changes.isEmpty)
    #expect(state.leave(Self.key(2), at: Samples.moment(20)) == nil)
    #expect(state.tick(at: Samples.moment(22)).changes.isEmpty)
    #expect(state.tick(at: Samples.moment(23)).changes == [Self.left])
  }

  @Test func `nothing is told while another connection of the user is there`() {
    var state = Self.withAnn()
    _ = state.enter(Self.key(2), user: "ann", info: Self.info, until: Self.end)
    #expect(state.leave(Self.key(1), at: Samples.moment(1)) == nil)
    #expect(state.tick(at: Samples.moment(50)).changes.isEmpty && state.count == 1)
  }

  @Test func `a goodbye that comes twice, or for an older stay, ends nothing`() {
    var state = Self.withAnn()
    let later = PresenceKey(connection: ConnectionID(high: 0, low: 1), serial: 2)
    _ = state.enter(later, user: "ann", info: Self.info, until: Self.end)
    for _ in 0..<2 { #expect(state.leave(Self.key(1), at: Samples.moment(1)) == nil) }
    #expect(state.connections == 1 && state.tick(at: Samples.moment(50)).changes.isEmpty)
  }

  @Test func `without a time to hold back a leave is told at once`() {
    var state = PresenceState(hold: .zero)
    _ = state.enter(Self.key(1), user: "ann", info: Self.info, until: Self.end)
    #expect(state.leave(Self.key(1), at: Samples.moment(1)) == Self.left)
    #expect(state.isEmpty)
  }

  @Test func `a connection that is not renewed is gone when its lease ends, and its user a little later`() {
    var state = Self.withAnn()
    let isRenewed = state.renew(Self.key(1), until: Samples.moment(80))
    #expect(isRenewed)
    #expect(state.tick(at: Samples.moment(79)).expired.isEmpty)
    let ended = state.tick(at: Samples.moment(82))
    #expect(ended.expired == [Self.key(1)] && ended.changes.isEmpty && state.connections == 0)
    let isKnown = state.renew(Self.key(1), until: Samples.moment(200))
    #expect(!isKnown)
    #expect(state.tick(at: Samples.moment(83)).changes == [Self.left])
    // Whoever looks late finds both.
    state = Self.withAnn()
    #expect(state.tick(at: Samples.moment(1000)).changes == [Self.left])
  }

  @Test func `what the latest connection tells counts`() {
    var state = Self.withAnn()
    _ = state.enter(Self.key(2), user: "ann", info: Array("{}".utf8), until: Self.end)
    #expect(state.page(after: nil, limit: 1).members.first?.info == Array("{}".utf8))
  }

  @Test func `all can be dropped at once, and are told of in the order in which they came`() {
    var state = Self.withAnn()
    _ = state.enter(Self.key(2), user: "bob", info: nil, until: Self.end)
    #expect(state.removeAll() == [Self.left, .left(user: "bob", info: nil)])
    #expect(state.isEmpty && state.nextDue == nil && state.page(after: nil, limit: 9).members.isEmpty)
  }

  // MARK: Other nodes

  private static func member(_ number: UInt64, _ user: String, node: String) -> SharedMember {
    SharedMember(node: node, key: key(number), user: user, info: nil)
  }

  @Test func `a connection of another node is there for as long as that says so`() {
    var state = Self.withAnn()
    #expect(state.enter(Self.member(2, "bob", node: "b")) == .joined(user: "bob", info: nil))
    #expect(state.enter(Self.member(2, "bob", node: "b")) == nil)
    #expect(state.enter(Self.member(3, "ann", node: "b")) == nil)
    // Ann's own connection is not renewed, and she is there by the other one.
    #expect(state.tick(at: Samples.moment(500)).expired == [Self.key(1)])
    #expect(state.count == 2 && state.connections == 2 && state.nextDue == nil)
    #expect(state.leave(Self.key(2), at: Samples.moment(600)) == nil)
    #expect(state.tick(at: Samples.moment(603)).changes == [.left(user: "bob", info: nil)])
  }

  @Test func `with a node its connections are gone, and leaves are held back from then on`() {
    var state = Self.withAnn()
    for (number, user) in [(2, "ann"), (3, "bob"), (4, "bob")] as [(UInt64, String)] {
      _ = state.enter(Self.member(number, user, node: number == 4 ? "c" : "b"))
    }
    _ = state.enter(Self.member(5, "eve", node: "b"))
    #expect(state.leave(node: "b", at: Samples.moment(10)).isEmpty)
    #expect(state.connections == 2)
    #expect(state.tick(at: Samples.moment(13)).changes == [.left(user: "eve", info: nil)])
    #expect(state.page(after: nil, limit: 9).members.map(\.user) == ["ann", "bob"])
  }

  @Test func `a copy becomes what is true, and own connections stay`() {
    var state = PresenceState(hold: .zero)
    _ = state.enter(Self.key(1), user: "ann", info: nil, until: Self.end)
    for (number, user) in [(2, "bob"), (3, "eve"), (4, "kim")] as [(UInt64, String)] {
      _ = state.enter(Self.member(number, user, node: "b"))
    }
    // Bob has come by another connection, Eve has stayed, Kim has gone, and Joe is new.
    let truth = [Self.member(3, "eve", node: "b"), Self.member(5, "bob", node: "c"), Self.member(6, "joe", node: "c")]
    #expect(
      state.reconcile(truth, at: Samples.moment(1)) == [.joined(user: "joe", info: nil), .left(user: "kim", info: nil)])
    #expect(state.page(after: nil, limit: 9).members.map(\.user) == ["ann", "bob", "eve", "joe"])
    #expect(state.connections == 4 && state.reconcile(truth, at: Samples.moment(2)).isEmpty)
  }

  // MARK: Pages

  @Test func `pages follow one another, whoever leaves meanwhile`() {
    var state = PresenceState(hold: .zero)
    for number in 1...10 {
      _ = state.enter(Self.key(UInt64(number)), user: "u\(number)", info: nil, until: Self.end)
    }
    let first = state.page(after: nil, limit: 4)
    #expect(first.members.map(\.user) == ["u1", "u2", "u3", "u4"] && first.count == 10)
    // The last of the page is gone, and the next one, and the first comes again, as the newest.
    for number: UInt64 in [4, 5, 1] { _ = state.leave(Self.key(number), at: Samples.moment(1)) }
    _ = state.enter(Self.key(11), user: "u1", info: nil, until: Self.end)
    let second = state.page(after: first.next, limit: 4)
    #expect(second.members.map(\.user) == ["u6", "u7", "u8", "u9"] && second.count == 8)
    let third = state.page(after: second.next, limit: 4)
    #expect(third.members.map(\.user) == ["u10", "u1"] && third.next == nil)
  }

  @Test func `a page that ends with the last member says so`() {
    var state = Self.withAnn()
    #expect(state.page(after: nil, limit: 1).next == nil)
    _ = state.enter(Self.key(2), user: "bob", info: nil, until: Self.end)
    #expect(state.page(after: nil, limit: 1).next == 1)
    let none = state.page(after: nil, limit: 0)
    #expect(none.members.isEmpty && none.count == 2 && none.next == 0)
    #expect(state.page(after: none.next, limit: 2).members.count == 2)
    #expect(state.page(after: .max, limit: 2) == MembersPage(members: [], count: 2, next: nil))
  }

  @Test func `a page is bounded in bytes, but has one member at least`() {
    var state = PresenceState(hold: .zero)
    let info = Array(repeating: UInt8(ascii: "x"), count: 100)
    for number: UInt64 in 1...5 { _ = state.enter(Self.key(number), user: "u\(number)", info: info, until: Self.end) }
    #expect(state.page(after: nil, limit: 9, bytes: 10).members.map(\.user) == ["u1"])
    let page = state.page(after: 1, limit: 9, bytes: 220)
    #expect(page.members.map(\.user) == ["u2", "u3"] && page.next == 3)
  }

  @Test func `a page as JSON`() {
    let page = MembersPage(
      members: [Member(user: "a\"", info: Self.info, connections: 2), Member(user: "b", info: nil, connections: 0)],
      count: 2, next: nil)
    #expect(
      String(decoding: page.json, as: UTF8.self)
        == #"[{"user":"a\"","info":{"name":"Ann"},"connections":2},{"user":"b","connections":0}]"#)
  }
}
