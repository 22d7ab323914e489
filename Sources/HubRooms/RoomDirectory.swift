package import HubIO
package import HubWire

/// Finds a room's home: the same reactor for the same name, for as long as the process lives.
package struct RoomDirectory: Sendable {
  package let homes: [Rooms]
  package let fanouts: [Fanout]
  private let engine: any Engine

  /// The rooms and fan-outs of a hub on `reactors`, not started yet.
  ///
  /// - Parameter node: the hub's name, by which other nodes know it that have the same engine.
  package init(
    reactors: [Reactor], engine: any Engine, limits: RoomLimits, outbox: OutboxLimit, node: String = "",
    watcher: (any RoomWatcher)? = nil, streamEvents: Int = 8192, streamBytes: Int = 32 << 20
  ) {
    let bound = DeliveryStream.Bound(events: streamEvents, bytes: streamBytes)
    let fanouts = reactors.map { Fanout(reactor: $0, outboxLimit: outbox, bound: bound, lease: limits.presence.lease) }
    let streams = fanouts.map(\.stream)
    self.fanouts = fanouts
    self.engine = engine
    engine.adopt(limits.rules)
    homes = reactors.map {
      Rooms(reactor: $0, engine: engine, streams: streams, limits: limits, node: node, watcher: watcher)
    }
  }

  package func home(of room: RoomName) -> Rooms {
    homes[index(of: room)]
  }

  /// Where the home stands in ``homes``.
  package func index(of room: RoomName) -> Int {
    homes.count == 1 ? 0 : Int(Self.hash(room) % UInt64(homes.count))
  }

  /// Starts what lives on the reactor at `index`; on that reactor's thread.
  package func start(on index: Int) {
    fanouts[index].assumeIsolated { $0.start(directory: self) }
    homes[index].assumeIsolated { $0.start() }
    engine.start(on: homes[index].reactor, of: self)
  }

  // MARK: What a shared engine tells, on the home's reactor

  /// Something has happened in a room whose home is the reactor at `index`; one that is not open here needs not know.
  package func arrived(_ arrival: RoomArrival, in room: RoomName, on index: Int) {
    homes[index].assumeIsolated { $0.arrived(arrival, in: room) }
  }

  /// What the engine had to tell may have been missed, in those rooms of the reactor at `index` for which `isConcerned`.
  package func missed(on index: Int, where isConcerned: @Sendable (RoomName) -> Bool) {
    homes[index].assumeIsolated { $0.missed(where: isConcerned) }
  }

  /// A node is gone that did not say goodbye: its lease has ended `late` ago.
  package func nodeHasGone(_ node: String, on index: Int, late: Duration) {
    homes[index].assumeIsolated { $0.nodeHasGone(node, late: late) }
  }

  /// FNV-1a: the same on every run, so that a stepped hub replays.
  private static func hash(_ room: RoomName) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in room.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}
