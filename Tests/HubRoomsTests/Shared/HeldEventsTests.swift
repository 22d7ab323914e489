import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms

/// Events of a shared room that wait for others on their way.
@Suite struct HeldEventsTests {
  private func run(_ body: @escaping @Sendable (NodeRig) -> Void) async {
    let wrong = await BlockingThread.run {
      let rig = NodeRig(hasPresence: false)
      body(rig)
      return rig.wrong
    }
    #expect(wrong.isEmpty)
  }

  @Test func `for a crowd, what arrives waits for what is on its way, and goes with it`() async {
    await run { rig in
      for _ in 0..<64 { rig.subscribe(on: 0) }
      rig.tell(.ephemeral(Samples.new("1", isEphemeral: true), time: 1), on: 0)
      rig.check(rig.held(on: 0) == 0)
      rig.beginPublishing(on: 0)
      rig.tell(.ephemeral(Samples.new("2", isEphemeral: true), time: 1), on: 0)
      rig.tell(.ephemeral(Samples.new("3", isEphemeral: true), time: 1), on: 0)
      rig.check(rig.held(on: 0) == 2)
      rig.pass(.milliseconds(1))
      rig.check(rig.held(on: 0) == 0 && rig.newest(on: 0)?.offset == 1)
    }
  }

  @Test func `where the engine does not answer, it waits a moment`() async {
    await run { rig in
      for _ in 0..<64 { rig.subscribe(on: 0) }
      rig.stepped.participants = [rig.network]
      rig.beginPublishing(on: 0)
      rig.tell(.ephemeral(Samples.new("1", isEphemeral: true), time: 1), on: 0)
      rig.check(rig.held(on: 0) == 1)
      rig.pass(.milliseconds(5))
      rig.check(rig.held(on: 0) == 0 && rig.newest(on: 0)?.offset == 0)
    }
  }

  @Test func `few get it at once, and whoever comes does not get it twice`() async {
    await run { rig in
      rig.subscribe(on: 0)
      rig.beginPublishing(on: 0)
      rig.tell(.ephemeral(Samples.new("1", isEphemeral: true), time: 1), on: 0)
      rig.check(rig.held(on: 0) == 0)
      rig.pass()
      for _ in 1..<64 { rig.subscribe(on: 0) }
      rig.stepped.participants = [rig.network]
      rig.beginPublishing(on: 0)
      rig.tell(.ephemeral(Samples.new("2", isEphemeral: true), time: 1), on: 0)
      rig.check(rig.held(on: 0) == 1)
      // An answer to a subscriber stands behind what was held back.
      rig.attachNow(on: 0)
      rig.check(rig.held(on: 0) == 0)
    }
  }
}
