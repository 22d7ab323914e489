import HubIO
import HubWire
import Testing

@testable import HubServer

@Suite struct AuthorityTests {
  private static let wallTime: Int64 = 1_000_000_000
  private static let grace = Duration.seconds(25)

  private static func at(_ milliseconds: Int64) -> Moment {
    Moment(nanoseconds: 7_000_000_000) + .milliseconds(milliseconds)
  }

  private static func token(expires: Int64?) -> Grant {
    Grant(source: .token("key"), user: "ann", expires: expires)
  }

  private static func make(_ grant: Grant, wallTime: Int64 = wallTime) -> Authority {
    Authority(grant, now: at(0), wallTime: wallTime, patience: .seconds(10))
  }

  private static func look(_ authority: inout Authority, at milliseconds: Int64, isSubscribed: Bool = false) -> String {
    switch authority.look(at: at(milliseconds), isSubscribed: isSubscribed, grace: grace) {
    case .wait(let moment): moment.map { "wait until \(($0 - at(0)) / .milliseconds(1))" } ?? "wait"
    case .warn(let moment): "warn until \((moment - at(0)) / .milliseconds(1))"
    case .close(let error): "close \(error.code.rawValue)"
    }
  }

  @Test(arguments: [
    Grant.open, Grant(source: .key("digest")), Grant(source: .certificate("name")), token(expires: nil),
  ])
  func `what has no end is never looked at`(_ grant: Grant) {
    var authority = Self.make(grant)
    #expect(authority.next == nil && !authority.hasExpired)
    #expect(Self.look(&authority, at: 1_000_000_000) == "wait")
  }

  @Test(arguments: [253_402_300_799, 1_795_268_873_209, 1 << 53])
  func `a token may end when no clock counts any more`(expires: Int64) {
    var authority = Self.make(Self.token(expires: expires))
    #expect(authority.next != nil)
    #expect(Self.look(&authority, at: 10_000_000_000).hasPrefix("wait until"))
  }

  @Test func `who has shown nothing has the time of the handshake`() {
    var authority = Self.make(.anonymous(namespaces: .none))
    #expect(authority.next == Self.at(10_000))
    #expect(Self.look(&authority, at: 9_999) == "wait until 10000.0")
    #expect(Self.look(&authority, at: 10_000) == "close TIMEOUT")
    #expect(!authority.hasExpired)
  }

  @Test func `who has shown nothing and reads what anyone may read is left alone for good`() throws {
    var authority = Self.make(.anonymous(namespaces: try .anonymous("*")))
    #expect(Self.look(&authority, at: 10_000, isSubscribed: true) == "wait")
    #expect(authority.next == nil)
    #expect(Self.look(&authority, at: 20_000, isSubscribed: false) == "wait")
  }

  @Test func `a token is valid, then expired, then over`() {
    var authority = Self.make(Self.token(expires: Self.wallTime / 1000 + 60), wallTime: Self.wallTime + 250)
    #expect(authority.next == Self.at(59_750), "its end is placed to the millisecond")
    #expect(Self.look(&authority, at: 59_749) == "wait until 59750.0" && !authority.hasExpired)
    #expect(Self.look(&authority, at: 59_750) == "warn until 84750.0" && authority.hasExpired)
    #expect(Self.look(&authority, at: 59_751) == "wait until 84750.0", "the client is told once")
    #expect(Self.look(&authority, at: 84_749) == "wait until 84750.0")
    #expect(Self.look(&authority, at: 84_750) == "close TOKEN_EXPIRED")
  }

  @Test func `the grace begins when the end is seen, however late that is`() {
    var authority = Self.make(Self.token(expires: Self.wallTime / 1000 + 1))
    #expect(Self.look(&authority, at: 5_000) == "warn until 30000.0")
  }

  @Test func `what has expired already is looked at now, and not before`() {
    var authority = Self.make(Self.token(expires: 0))
    #expect(authority.next == Self.at(0) && !authority.hasExpired)
    #expect(Self.look(&authority, at: 0) == "warn until 25000.0")
  }

  @Test func `a fresh token ends the grace, and a reload does not`() throws {
    var authority = Self.make(Self.token(expires: Self.wallTime / 1000))
    #expect(Self.look(&authority, at: 0) == "warn until 25000.0")
    authority.renew(Self.token(expires: Self.wallTime / 1000).with(namespaces: try .anonymous("*")))
    #expect(authority.hasExpired && authority.next == Self.at(25_000))
    authority = Self.make(Self.token(expires: Self.wallTime / 1000 + 3600))
    #expect(!authority.hasExpired && authority.next == Self.at(3_600_000))
  }

  @Test func `a reload does not let anyone wait longer, but for a hub that it opens`() throws {
    var authority = Self.make(.anonymous(namespaces: .none))
    let freer = Grant.anonymous(namespaces: try .anonymous("*"))
    authority.renew(freer)
    #expect(authority.grant === freer && authority.next == Self.at(10_000))
    authority.renew(.open)
    #expect(authority.grant === Grant.open && authority.next == nil)
  }
}
