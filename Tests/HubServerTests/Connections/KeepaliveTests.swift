import HubIO
import HubTesting
import Testing

@testable import HubServer

@Suite struct KeepaliveTests {
  private static let ping = Duration.seconds(25)
  private static let pong = Duration.seconds(10)

  private static func at(_ seconds: Int) -> Moment { Moment(nanoseconds: Int64(seconds) * 1_000_000_000) }

  private static func check(_ keepalive: inout Keepalive, at seconds: Int, acknowledged: UInt64 = 0)
    -> Keepalive.Verdict
  {
    keepalive.check(at: at(seconds), acknowledged: acknowledged, ping: ping, pong: pong)
  }

  @Test func `silence is answered with a ping, and silence after it with the end`() {
    var keepalive = Keepalive(now: Self.at(0))
    #expect(Self.check(&keepalive, at: 24) == .wait(until: Self.at(25)))
    #expect(Self.check(&keepalive, at: 25) == .ping(lookAgain: Self.at(35)))
    #expect(Self.check(&keepalive, at: 35) == .dead)
  }

  @Test func `who is asked about too early is not given up`() {
    var keepalive = Keepalive(now: Self.at(0))
    _ = Self.check(&keepalive, at: 25)
    #expect(Self.check(&keepalive, at: 26) == .wait(until: Self.at(35)))
    #expect(Self.check(&keepalive, at: 34) == .wait(until: Self.at(35)))
    #expect(Self.check(&keepalive, at: 35) == .dead)
  }

  @Test func `whoever is heard begins anew`() {
    var keepalive = Keepalive(now: Self.at(0))
    _ = Self.check(&keepalive, at: 25)
    keepalive.heard(at: Self.at(30))
    #expect(Self.check(&keepalive, at: 35) == .wait(until: Self.at(55)))
    #expect(Self.check(&keepalive, at: 55) == .ping(lookAgain: Self.at(65)))
  }

  @Test func `whoever acknowledges bytes is alive, however slowly, and dead when that ends`() {
    var keepalive = Keepalive(now: Self.at(0))
    #expect(Self.check(&keepalive, at: 25, acknowledged: 100) == .ping(lookAgain: Self.at(35)))
    #expect(Self.check(&keepalive, at: 35, acknowledged: 101) == .wait(until: Self.at(60)))
    #expect(Self.check(&keepalive, at: 60, acknowledged: 102) == .ping(lookAgain: Self.at(70)))
    #expect(Self.check(&keepalive, at: 70, acknowledged: 102) == .dead)
  }

  @Test func `nobody is given up within a ping and a pong of a sign of life`() {
    for seed in Seeds.run(100) {
      var random = SeededRandom(seed: seed)
      var keepalive = Keepalive(now: Self.at(0))
      var lastSign = 0
      var acknowledged: UInt64 = 0
      for second in 1...300 {
        if random.once(in: 40) {
          keepalive.heard(at: Self.at(second))
          lastSign = second
        }
        if random.once(in: 30) {
          acknowledged += 1
          lastSign = second
        }
        guard random.once(in: 3) else { continue }
        if Self.check(&keepalive, at: second, acknowledged: acknowledged) == .dead {
          #expect(second > lastSign, "ROOMCAST_SEED=\(seed)")
          break
        }
      }
    }
  }
}
