import HubWire
import Testing

@testable import HubServer

@Suite struct RevocationsTests {
  private static func refusal(_ revocations: Revocations, user: String?, issued: Int64?) -> String? {
    do throws(HubError) {
      try revocations.check(Grant(source: .token("key"), user: user, issued: issued))
      return nil
    } catch {
      return error.code.rawValue
    }
  }

  @Test func `nobody is refused before a revocation`() {
    let revocations = Revocations()
    #expect(revocations.generation == 0)
    #expect(Self.refusal(revocations, user: "ann", issued: 0) == nil)
    #expect(Self.refusal(revocations, user: "ann", issued: nil) == nil)
  }

  @Test func `a user's tokens are refused that were issued up to the second of the revocation`() {
    let revocations = Revocations()
    revocations.revoke("ann", at: 1000)
    for (issued, refusal) in [(0, "UNAUTHORIZED"), (999, "UNAUTHORIZED"), (1000, "UNAUTHORIZED"), (1001, nil)] {
      #expect(Self.refusal(revocations, user: "ann", issued: Int64(issued)) == refusal, "issued at \(issued)")
    }
    #expect(Self.refusal(revocations, user: "ann", issued: nil) == "UNAUTHORIZED", "it does not say when")
  }

  @Test func `others are not touched`() {
    let revocations = Revocations()
    revocations.revoke("ann", at: 1000)
    for user in ["bob", "Ann", "ann ", "", nil] { #expect(Self.refusal(revocations, user: user, issued: 0) == nil) }
  }

  @Test func `the last revocation counts`() {
    let revocations = Revocations()
    revocations.revoke("ann", at: 1000)
    revocations.revoke("ann", at: 2000)
    #expect(Self.refusal(revocations, user: "ann", issued: 1500) == "UNAUTHORIZED")
    #expect(Self.refusal(revocations, user: "ann", issued: 2001) == nil)
  }

  @Test func `each revocation is seen by those who look for one`() {
    let revocations = Revocations()
    var seen = revocations.generation
    for user in ["ann", "bob", "ann"] {
      revocations.revoke(user, at: 1000)
      #expect(revocations.generation != seen)
      seen = revocations.generation
    }
  }

  @Test func `who is revoked again is no longer the oldest`() {
    let revocations = Revocations()
    for number in 0..<100_000 { revocations.revoke("user \(number)", at: 1000) }
    revocations.revoke("user 0", at: 2000)
    revocations.revoke("one more", at: 2000)
    #expect(Self.refusal(revocations, user: "user 0", issued: 1500) == "UNAUTHORIZED")
    #expect(Self.refusal(revocations, user: "user 1", issued: 0) == nil)
  }

  @Test func `of more than are kept the oldest is forgotten`() {
    let revocations = Revocations()
    for number in 0...100_000 { revocations.revoke("user \(number)", at: 1000) }
    #expect(Self.refusal(revocations, user: "user 0", issued: 0) == nil)
    #expect(Self.refusal(revocations, user: "user 1", issued: 0) == "UNAUTHORIZED")
    #expect(Self.refusal(revocations, user: "user 100000", issued: 0) == "UNAUTHORIZED")
  }

  @Test func `revoking one again and again takes no place of others`() {
    let revocations = Revocations()
    revocations.revoke("bob", at: 1000)
    for time in 0..<100_001 { revocations.revoke("ann", at: Int64(time)) }
    #expect(Self.refusal(revocations, user: "bob", issued: 0) == "UNAUTHORIZED")
  }

  @Test func `of what another node has told, the oldest is forgotten first`() {
    let other = Revocations()
    for number in 1...10 { other.revoke("told \(number)", at: Int64(number)) }
    let revocations = Revocations()
    revocations.learn(other.newest())
    for number in 0..<99_995 { revocations.revoke("user \(number)", at: 1000) }
    #expect(Self.refusal(revocations, user: "told 5", issued: 0) == nil)
    #expect(Self.refusal(revocations, user: "told 6", issued: 0) == "UNAUTHORIZED")
    #expect(Self.refusal(revocations, user: "told 10", issued: 0) == "UNAUTHORIZED")
  }
}
