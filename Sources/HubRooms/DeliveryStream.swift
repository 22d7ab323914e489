import HubIO
import HubWire

/// The way from rooms to the fan-out of one reactor: one bounded AsyncStream, whose elements are open batches.
///
/// Each element of an AsyncStream costs about a microsecond and several jobs, so an element stands for a batch that stays
/// open until it is taken: whatever is posted before then joins it, and only the first posting yields. Events over the
/// bound are not queued; each room leaves one `behind` instead, and its subscribers there read on from history. Answers
/// are not bounded here: each subscription waits for one at most.
final class DeliveryStream: Sendable {
  /// How many events, and bytes of them, wait for one reactor at most.
  struct Bound: Sendable {
    var events = 8192
    var bytes = 32 << 20
  }

  private struct Batch {
    var deliveries: ContiguousArray<AddressedDelivery> = []
    var events = 0
    var bytes = 0
    /// Something was left out: nothing fits any more until the batch is taken.
    var isFull = false
    /// Rooms whose last word in this batch is `behind`.
    var behind: Set<ObjectIdentifier> = []
  }

  let batches: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation
  private let open = Lock(Batch())
  private let bound: Bound

  init(bound: Bound = Bound()) {
    self.bound = bound
    (batches, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Ends the stream after what was posted.
  func finish() {
    signal.finish()
  }

  /// Posts an event of `room`, or that it had to be left out.
  ///
  /// - Parameter newest: the room's newest offset. Who misses that a member came or went goes on from there, and is told
  ///   anew who is present.
  /// - Returns: whether there was space for it.
  func post(_ event: Event, published: Moment, newest: UInt64 = 0, from room: ObjectIdentifier) -> Bool {
    let (isFirst, fits) = open.withLock { batch in
      let isFirst = batch.deliveries.isEmpty
      let fits = !batch.isFull && batch.events < bound.events && batch.bytes < bound.bytes
      if fits {
        batch.deliveries.append(AddressedDelivery(room: room, delivery: .event(event, published: published)))
        batch.events += 1
        batch.bytes += event.frame.bytes.count
      } else if !event.isEphemeral || event.isMembership {
        batch.isFull = true
        if batch.behind.insert(room).inserted {
          let end = event.isMembership ? newest : event.offset - 1
          batch.deliveries.append(AddressedDelivery(room: room, delivery: .behind(after: end)))
        }
      }
      return (isFirst, fits)
    }
    if isFirst { signal.yield() }
    return fits
  }

  /// Posts an answer for one subscription.
  func post(_ answer: Delivery, from room: ObjectIdentifier) {
    let isFirst = open.withLock { batch in
      batch.deliveries.append(AddressedDelivery(room: room, delivery: answer))
      // Whoever is live by this answer must hear again of the next event that is left out.
      batch.behind.remove(room)
      return batch.deliveries.count == 1
    }
    if isFirst { signal.yield() }
  }

  /// Takes the open batch in exchange for an empty one, whose storage it hands over.
  func take(_ deliveries: inout ContiguousArray<AddressedDelivery>) {
    open.withLock { batch in
      swap(&batch.deliveries, &deliveries)
      batch.events = 0
      batch.bytes = 0
      batch.isFull = false
      if !batch.behind.isEmpty { batch.behind = [] }
    }
  }
}
