import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms

@Suite struct DeliveryStreamTests {
  /// The other end: takes batches and notes what a room's members would have.
  private struct Reader {
    /// Up to where live members have everything; nil while they read from history.
    var live: UInt64?
    var problems: [String] = []
    var ephemerals = 0
    var answers = 0

    mutating func read(_ delivery: Delivery, newest: UInt64) {
      switch delivery {
      case .event(let event, _) where event.isEphemeral: ephemerals += 1
      case .event(let event, _):
        if let live, event.offset != live + 1 { problems.append("\(event.offset) after \(live)") }
        if live != nil { live = event.offset }
      case .behind(let offset):
        if let live, live != offset { problems.append("behind after \(offset), but at \(live)") }
        live = nil
      case .settled: answers += 1
      case .attached, .replay, .renewed, .members, .deleted, .slow: break
      }
    }
  }

  @Test func `what is left out of a full stream is told before anything that comes after it`() {
    for seed in Seeds.run(200) {
      var random = SeededRandom(seed: seed)
      let stream = DeliveryStream(
        bound: DeliveryStream.Bound(events: random.number(in: 1...5), bytes: random.once(in: 2) ? 300 : .max))
      let rooms = [Identity(), Identity()]
      var newest: [UInt64] = [0, 0]
      var readers = [Reader(live: 0), Reader(live: 0)]
      var batch: ContiguousArray<AddressedDelivery> = []
      for _ in 0..<150 {
        let index = random.number(in: 0..<2)
        let id = ObjectIdentifier(rooms[index])
        switch random.number(in: 0..<8) {
        case 0:
          batch.removeAll()
          stream.take(&batch)
          var counts = 0
          for item in batch {
            let room = item.room == ObjectIdentifier(rooms[0]) ? 0 : 1
            if case .event = item.delivery { counts += 1 }
            readers[room].read(item.delivery, newest: newest[room])
          }
          #expect(counts <= 5)
        case 1: _ = stream.post(Samples.ephemeral(), published: Samples.moment(0), from: id)
        default:
          newest[index] += 1
          _ = stream.post(Samples.event(newest[index]), published: Samples.moment(0), from: id)
        }
        if readers[index].live == nil, random.once(in: 4) {
          // Whoever fell behind reads on from history: an answer, after which it is live again.
          batch.removeAll()
          stream.take(&batch)
          for item in batch {
            let room = item.room == ObjectIdentifier(rooms[0]) ? 0 : 1
            readers[room].read(item.delivery, newest: newest[room])
          }
          readers[index].live = newest[index]
        }
      }
      #expect(readers.flatMap(\.problems).isEmpty, "ROOMCAST_SEED=\(seed): \(readers.flatMap(\.problems))")
      // Everything that was posted is either there or told to be missing.
      batch.removeAll()
      stream.take(&batch)
      for item in batch {
        let room = item.room == ObjectIdentifier(rooms[0]) ? 0 : 1
        readers[room].read(item.delivery, newest: newest[room])
      }
      for index in 0..<2 {
        if let live = readers[index].live {
          #expect(live == newest[index], "ROOMCAST_SEED=\(seed): events lost silently")
        }
      }
    }
  }

  @Test func `whoever becomes live by an answer hears again of the next event that is left out`() {
    let stream = DeliveryStream(bound: DeliveryStream.Bound(events: 1, bytes: .max))
    let room = Identity()
    let id = ObjectIdentifier(room)
    let subscription = Fixtures.subscription()
    #expect(stream.post(Samples.event(1), published: Samples.moment(0), from: id))
    #expect(!stream.post(Samples.event(2), published: Samples.moment(0), from: id))
    #expect(!stream.post(Samples.event(3), published: Samples.moment(0), from: id))
    stream.post(.settled(subscription), from: id)
    #expect(!stream.post(Samples.event(4), published: Samples.moment(0), from: id))
    var batch: ContiguousArray<AddressedDelivery> = []
    stream.take(&batch)
    let kinds = batch.map { item in
      switch item.delivery {
      case .event(let event, _): "event \(event.offset)"
      case .behind(let offset): "behind \(offset)"
      case .settled: "settled"
      case .attached, .replay, .renewed, .members, .deleted, .slow: "answer"
      }
    }
    #expect(kinds == ["event 1", "behind 1", "settled", "behind 3"])
  }

  @Test func `a member's coming that is left out sends the room's subscribers to where it stands`() {
    let stream = DeliveryStream(bound: DeliveryStream.Bound(events: 1, bytes: .max))
    let room = Identity()
    let id = ObjectIdentifier(room)
    let join = Event(.joined(user: "ann", info: nil), room: Samples.room)
    #expect(stream.post(join, published: Samples.moment(0), newest: 7, from: id))
    #expect(!stream.post(join, published: Samples.moment(0), newest: 7, from: id))
    #expect(!stream.post(Samples.event(8), published: Samples.moment(0), from: id))
    var batch: ContiguousArray<AddressedDelivery> = []
    stream.take(&batch)
    guard batch.count == 2, case .behind(7) = batch[1].delivery else {
      Issue.record("\(batch.count) deliveries")
      return
    }
  }

  @Test func `what is posted before the batch is taken joins it, and is announced once`() async {
    let stream = DeliveryStream()
    let id = ObjectIdentifier(stream)
    for offset in 1...100 { _ = stream.post(Samples.event(UInt64(offset)), published: Samples.moment(0), from: id) }
    stream.finish()
    var announced = 0
    for await _ in stream.batches { announced += 1 }
    #expect(announced == 1)
    var batch: ContiguousArray<AddressedDelivery> = []
    stream.take(&batch)
    #expect(batch.count == 100)
  }

  @Test func `every batch is announced anew`() async {
    let stream = DeliveryStream()
    let id = ObjectIdentifier(stream)
    var iterator = stream.batches.makeAsyncIterator()
    for offset in 1...5 {
      _ = stream.post(Samples.event(UInt64(offset)), published: Samples.moment(0), from: id)
      #expect(await iterator.next() != nil)
      var batch: ContiguousArray<AddressedDelivery> = []
      stream.take(&batch)
      #expect(batch.count == 1)
    }
  }
}

/// Something with an identity.
private final class Identity {}

/// What needs a reactor to exist, though nobody turns it.
private enum Fixtures {
  static func subscription() -> Subscription {
    let stepped = SteppedReactors(count: 1, seed: 1)
    return Subscription(
      room: Samples.room, connection: .random(), channel: Channel(descriptor: 99, reactor: stepped.reactors[0]),
      encoding: .webSocket
    ) { _ in }
  }
}
