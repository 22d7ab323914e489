import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct AdmissionTests {
  private static func limits(_ change: (inout LimitSettings) -> Void = { _ in }) -> LimitSettings {
    var limits = LimitSettings()
    change(&limits)
    return limits
  }

  private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

  private static func address(_ text: String) -> IPAddress { IPAddress(text)! }

  @Test func `by default everybody may come`() {
    let admission = Admission(Self.limits())
    #expect(!admission.limitsAddresses)
    for _ in 0..<1000 {
      #expect(admission.handshake(at: Self.at(0)) == .free)
      #expect(admission.enter(address: Self.address("192.0.2.1")) == .free)
      #expect(admission.enter(user: "u") == .free)
    }
  }

  @Test func `a user has so many connections, and another user as many`() {
    let admission = Admission(Self.limits { $0.user.connections = 2 })
    #expect(admission.enter(user: "ann") == .held && admission.enter(user: "ann") == .held)
    for _ in 0..<200 { #expect(admission.enter(user: "ann") == .refused) }
    #expect(admission.enter(user: "bob") == .held)
    admission.leave(user: "ann")
    #expect(admission.enter(user: "ann") == .held && admission.enter(user: "ann") == .refused)
  }

  @Test func `an address has so many connections, and gets them back`() {
    let admission = Admission(Self.limits { $0.address.connections = 1 })
    #expect(admission.limitsAddresses)
    #expect(admission.enter(address: Self.address("192.0.2.1")) == .held)
    #expect(admission.enter(address: Self.address("192.0.2.1")) == .refused)
    #expect(admission.enter(address: Self.address("2001:db8::1")) == .held)
    #expect(admission.enter(address: Self.address("2001:db8::ffff")) == .refused, "one customer has all 64 bits")
    #expect(admission.enter(address: Self.address("2001:db8:0:1::1")) == .held)
    #expect(admission.enter(address: Self.address("192.0.2.2")) == .held)
    admission.leave(address: Self.address("192.0.2.1"), as: .held)
    #expect(admission.enter(address: Self.address("192.0.2.1")) == .held)
  }

  @Test func `new connections come as fast as the rate, the next are told, and then there is no time for that`() {
    let admission = Admission(Self.limits { $0.handshakes = 3 })
    for _ in 0..<3 { #expect(admission.handshake(at: Self.at(0)) == .held) }
    for _ in 0..<64 { #expect(admission.handshake(at: Self.at(0)) == .refused) }
    #expect(admission.handshake(at: Self.at(0)) == .shed)
    #expect(admission.handshake(at: Self.at(334)) == .held)
    #expect(admission.handshake(at: Self.at(334)) == .refused)
  }

  @Test func `limits can change while connections are open`() {
    let admission = Admission(Self.limits { $0.user.connections = 2 })
    #expect(admission.enter(user: "ann") == .held && admission.enter(user: "ann") == .held)
    admission.adopt(Self.limits { $0.user.connections = 3 })
    #expect(admission.enter(user: "ann") == .held && admission.enter(user: "ann") == .refused)
    admission.adopt(Self.limits())
    for _ in 0..<3 { admission.leave(user: "ann") }
    admission.adopt(Self.limits { $0.user.connections = 1 })
    #expect(admission.enter(user: "ann") == .held && admission.enter(user: "ann") == .refused)
    admission.adopt(Self.limits { $0.handshakes = 1 })
    #expect(admission.handshake(at: Self.at(0)) == .held && admission.handshake(at: Self.at(0)) == .refused)
    admission.adopt(Self.limits { $0.handshakes = 2 })
    #expect(admission.handshake(at: Self.at(0)) == .held && admission.handshake(at: Self.at(0)) == .held)
    admission.adopt(Self.limits())
    #expect(admission.handshake(at: Self.at(0)) == .free)
  }

  @Test func `threads that come and go at once never pass the limit together`() async {
    let admission = Admission(Self.limits { $0.user.connections = 3 })
    let most = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var entered = 0
          for _ in 0..<2000 where admission.enter(user: "ann") == .held {
            entered += 1
            admission.leave(user: "ann")
          }
          return entered
        }
      }
      return await group.reduce(0, +)
    }
    #expect(most > 0)
    for _ in 0..<3 { #expect(admission.enter(user: "ann") == .held) }
    #expect(admission.enter(user: "ann") == .refused)
  }
}
