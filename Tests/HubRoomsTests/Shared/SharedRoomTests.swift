import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms

/// Rooms of two nodes that share a store, step by step; what becomes of them in storms is for `StormTests`.
@Suite struct SharedRoomTests {
  /// On a thread of its own, which is every reactor's in turn.
  private func run(_ body: @escaping @Sendable (NodeRig) -> Void) async {
    let wrong = await BlockingThread.run {
      let rig = NodeRig()
      body(rig)
      return rig.wrong
    }
    #expect(wrong.isEmpty)
  }

  // MARK: Events

  @Test func `publishing into a room that is not open does not open it`() async {
    await run { rig in
      rig.check(
        rig.publish(on: 0)
          == Publication(position: .some(Position(epoch: "s1", offset: 1)), subscribers: 0, isDuplicate: false))
      rig.check(!rig.isOpen(on: 0))
      rig.check(rig.publish(on: 0, isEphemeral: true)?.position == nil)
      rig.check(rig.subscribe(on: 1).1 == "s1-1")
      rig.check(rig.publish(on: 0)?.position?.offset == 2 && rig.newest(on: 1)?.offset == 2 && !rig.isOpen(on: 0))
    }
  }

  @Test func `a room is let go a while after its last use, whatever it remembers`() async {
    await run { rig in
      let subscription = rig.subscribe(on: 0).0
      rig.publish(on: 0)
      rig.pass(.seconds(60))
      rig.check(rig.isOpen(on: 0))
      rig.leave(subscription, on: 0)
      rig.pass(.seconds(8))
      rig.check(rig.isOpen(on: 0))
      // What passes through is no use of it.
      rig.publish(on: 0)
      rig.pass(.seconds(8))
      rig.check(!rig.isOpen(on: 0))
    }
  }

  @Test func `who was further on another node finds everything here`() async {
    await run { rig in
      rig.subscribe(on: 1)
      rig.store.silence(rig.engines[1])
      for _ in 0..<3 { rig.publish(on: 0) }
      rig.check(rig.newest(on: 1)?.offset == 0)
      let reached = ResumePoint.position(Position(epoch: "s1", offset: 2))
      rig.check(rig.subscribe(on: 1, after: reached).1 == "s1-2 recovered")
      rig.check(rig.newest(on: 1)?.offset == 3)
    }
  }

  @Test func `what was published on one node is read on the other at once`() async {
    await run { rig in
      rig.subscribe(on: 1)
      rig.store.silence(rig.engines[1])
      for _ in 0..<3 { rig.publish(on: 0) }
      let limit = ReadLimit(events: 10, bytes: 1000)
      let page = rig.ask(1) { home async throws(HubError) in
        try await home.page(Samples.room, .last(10), limit: limit).events.count
      }
      rig.check((try? page?.get()) == 3)
      let summary = rig.ask(1) { home async throws(HubError) in try await home.summary(Samples.room).events }
      rig.check((try? summary?.get()) == 3)
    }
  }

  @Test func `while the store is away an open room is subscribed from memory, and what must be asked is refused`() async
  {
    await run { rig in
      rig.subscribe(on: 0)
      rig.publish(on: 0)
      rig.store.cut(rig.engines[0])
      rig.check(rig.publish(on: 0) == nil)
      rig.check(rig.subscribe(on: 0).1 == "s1-1")
      rig.check(rig.subscribe(on: 0, after: .position(Position(epoch: "s1", offset: 1))).1 == "s1-1 recovered")
      rig.check(rig.subscribe(on: 0, after: .position(Position(epoch: "s1", offset: 2))).1 == "ENGINE_UNAVAILABLE")
      let page = rig.ask(0) { home async throws(HubError) in
        try await home.page(Samples.room, .last(10), limit: ReadLimit(events: 10, bytes: 1000)).events.count
      }
      rig.check(page == .failure(HubError(.engineUnavailable, "the store is away")))
    }
  }

  @Test func `an event that does not follow makes the room look for those before it`() async {
    await run { rig in
      rig.subscribe(on: 1)
      rig.store.silence(rig.engines[1])
      for _ in 0..<3 { rig.publish(on: 0) }
      rig.tell(.event(Position(epoch: "s1", offset: 3), Samples.new(), time: 0), on: 1)
      rig.pass()
      rig.check(rig.newest(on: 1)?.offset == 3)
    }
  }

  @Test func `a store that has less than it had told of begins anew`() async {
    await run { rig in
      rig.subscribe(on: 0)
      for _ in 0..<3 { rig.publish(on: 0) }
      rig.store.forget(2, of: Samples.room)
      rig.tell(.doubt, on: 0)
      rig.pass()
      rig.check(rig.newest(on: 0) == Position(epoch: "s2", offset: 0))
      // It had told of events that the room has not seen, and has them no more.
      for _ in 0..<3 { rig.publish(on: 0) }
      rig.tell(.event(Position(epoch: "s2", offset: 5), Samples.new(), time: 0), on: 0)
      rig.pass()
      rig.check(rig.newest(on: 0) == Position(epoch: "s3", offset: 0))
    }
  }

  @Test func `a room that is deleted on one node is gone on the other`() async {
    await run { rig in
      let subscriptions = [rig.subscribe(on: 0, as: "ann").0, rig.subscribe(on: 1, as: "bob").0]
      rig.publish(on: 0)
      _ = rig.ask(0) { home async throws(HubError) in try await home.delete(Samples.room) }
      rig.check(subscriptions[0].hasEnded && subscriptions[1].hasEnded)
      rig.check(rig.newest(on: 0) == Position(epoch: "s2", offset: 0) && rig.newest(on: 1) == rig.newest(on: 0))
      rig.check(rig.users(on: 0) + rig.users(on: 1) == [] && rig.store.users(in: Samples.room) == [])
    }
  }

  // MARK: Members

  @Test func `both nodes know who is there, and each tells its watcher of its own`() async {
    await run { rig in
      rig.subscribe(on: 0, as: "ann")
      let second = rig.subscribe(on: 1, as: "ann").0
      rig.subscribe(on: 1, as: "bob")
      rig.check(rig.users(on: 0) == ["ann", "bob"] && rig.users(on: 1) == ["ann", "bob"])
      rig.leave(second, on: 1)
      rig.pass(.seconds(4))
      rig.check(rig.users(on: 0) == ["ann", "bob"])
      rig.check(rig.told(on: 0) == [.occupied, .joined(user: "ann", info: nil)])
      rig.check(
        rig.told(on: 1) == [
          .occupied, .joined(user: "ann", info: nil), .joined(user: "bob", info: nil), .left(user: "ann", info: nil),
        ])
    }
  }

  @Test func `with a node that is not heard of its members are gone, and they are back with it`() async {
    await run { rig in
      rig.subscribe(on: 0, as: "ann")
      rig.subscribe(on: 1, as: "bob")
      rig.store.cut(rig.engines[1])
      rig.subscribe(on: 1, as: "eve")
      rig.pass(.seconds(9))
      rig.check(rig.users(on: 0) == ["ann", "bob"])
      rig.pass(.seconds(5))
      rig.check(rig.users(on: 0) == ["ann"] && rig.users(on: 1) == ["ann", "bob", "eve"])
      rig.store.mend()
      rig.pass(.seconds(1))
      rig.check(rig.users(on: 0) == ["ann", "bob", "eve"] && rig.users(on: 1) == ["ann", "bob", "eve"])
    }
  }

  @Test func `a change that does not follow the last makes the room ask who is there`() async {
    await run { rig in
      rig.subscribe(on: 0, as: "ann")
      rig.store.silence(rig.engines[0])
      rig.subscribe(on: 1, as: "bob")
      rig.subscribe(on: 1, as: "eve")
      rig.check(rig.users(on: 0) == ["ann"])
      let ghost = SharedMember(
        node: "c", key: PresenceKey(connection: .random(), serial: 0), user: "ghost", info: nil)
      rig.tell(.presence(.entered(ghost), version: 9), on: 0)
      rig.pass()
      rig.check(rig.users(on: 0) == ["ann", "bob", "eve"])
    }
  }

  @Test func `who was given up elsewhere and is there is told of again`() async {
    await run { rig in
      let subscription = rig.subscribe(on: 0, as: "ann").0
      rig.subscribe(on: 1)
      guard let key = subscription.presence?.key else { return rig.check(false) }
      rig.stepped.on(1) { _ in rig.engines[1].tell([.left(key)], in: Samples.room) }
      rig.pass(.seconds(5))
      rig.check(rig.users(on: 1) == ["ann"] && rig.store.users(in: Samples.room) == ["ann"])
    }
  }
}
