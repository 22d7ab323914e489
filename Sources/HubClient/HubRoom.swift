import HubWire

/// A room of a hub: its events, for as long as somebody iterates over it.
///
/// ```swift
/// for try await event in hub.room("orders", after: lastPosition) { … }
/// ```
///
/// The room is subscribed to when its first iteration begins, and left when the last one ends, however that comes: by
/// `break`, by an error, or because the task was cancelled, which ends the loop at once. Iterations of one room share the
/// subscription, so `after` and `presence` count where the room is not listened to yet, and one that lags holds up the
/// others of its room, though no other room. After every lost connection it goes on where it was.
public struct HubRoom: AsyncSequence, Sendable {
  public typealias Element = RoomEvent
  public typealias Failure = ClientError

  let hub: Roomcast
  /// The room's name.
  public let name: String
  let after: ResumePoint?
  let presence: String?
  let onGap: (@Sendable (Gap) async -> Void)?

  /// What the ledger needs to know.
  ///
  /// - Throws: where the hub would not even be asked.
  var wish: RoomWish {
    get throws(ClientError) {
      try ClientError.ofBadInput { () throws(HubError) in try RoomWish(name, after: after, presence: presence) }
    }
  }

  /// Its events in order, each once. Fails with what the hub refuses the room with for good, or why it takes it away; ends
  /// without an error when the task is cancelled or the client closed. One that begins after ``Roomcast/close()`` fails
  /// with ``ClientError/closed``.
  public func makeAsyncIterator() -> Iterator { Iterator(room: self) }

  /// Takes what waits in batches, and gives it out one by one.
  public struct Iterator: AsyncIteratorProtocol {
    private let room: HubRoom
    private var lease: FeedLease?
    /// Newest first.
    private var batch: [ClientEvent] = []
    private var isOver = false

    fileprivate init(room: HubRoom) {
      self.room = room
    }

    /// The next event; nil where the task is cancelled or the client is closed meanwhile, and after an error.
    ///
    /// - Throws: what the hub refuses the room with for good, and where its name, `after` or `presence` break the rules;
    ///   ``ClientError/closed`` where the client was closed before the first event was asked for.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(ClientError)
      -> RoomEvent?
    {
      while !isOver, !Task.isCancelled {
        if batch.isEmpty {
          batch = try await take().reversed()
          if batch.isEmpty { break }
        }
        switch batch.popLast() {
        case .event(let event): return event
        case .gap(_, let from, let position): await room.onGap?(Gap(room: room.name, from: from, position: position))
        case .notRecovered(_, let from, let position):
          await room.onGap?(Gap(room: room.name, from: from, position: position))
        default: break
        }
      }
      await end()
      return nil
    }

    private mutating func take() async throws(ClientError) -> [ClientEvent] {
      let lease: FeedLease
      if let begun = self.lease {
        lease = begun
      } else {
        do throws(ClientError) {
          lease = FeedLease(of: .room, for: [try room.wish], hub: room.hub)
        } catch {
          isOver = true
          throw error
        }
        self.lease = lease
        await lease.begin()
      }
      let events = await lease.take()
      if events.isEmpty, let failure = lease.failure {
        await end()
        throw failure
      }
      return events
    }

    /// Lets go of the room now, and not only when the iterator is gone.
    private mutating func end() async {
      isOver = true
      batch = []
      await lease?.end()
      lease = nil
    }
  }
}
