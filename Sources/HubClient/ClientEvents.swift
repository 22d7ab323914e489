/// Everything that a client has to tell of some rooms and of its connection, in order; see ``Roomcast/events(of:)``.
///
/// An iteration ends after ``ClientEvent/closed(code:reason:)``, after ``Roomcast/close()``, and when its task is
/// cancelled.
public struct ClientEvents: AsyncSequence, Sendable {
  public typealias Element = ClientEvent
  public typealias Failure = Never

  let hub: Roomcast
  let rooms: [HubRoom]

  /// An iteration of its own, which subscribes to the rooms when it is first asked for an event.
  public func makeAsyncIterator() -> Iterator { Iterator(events: self) }

  /// Takes what waits in batches, and gives it out one by one.
  public struct Iterator: AsyncIteratorProtocol {
    private let events: ClientEvents
    private var lease: FeedLease?
    /// Newest first.
    private var batch: [ClientEvent] = []

    fileprivate init(events: ClientEvents) {
      self.events = events
    }

    /// What happens next; nil after the end, and where the task is cancelled.
    public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> ClientEvent? {
      if !Task.isCancelled {
        if batch.isEmpty { batch = await take().reversed() }
        if let event = batch.popLast() { return event }
      }
      batch = []
      await lease?.end()
      return nil
    }

    private mutating func take() async -> [ClientEvent] {
      if let lease { return await lease.take() }
      var wishes: [RoomWish] = []
      var refused: [ClientEvent] = []
      for room in events.rooms {
        do throws(ClientError) {
          wishes.append(try room.wish)
        } catch {
          if case .refused(let refusal) = error { refused.append(.refused(room: room.name, refusal)) }
        }
      }
      let lease = FeedLease(of: .everything, for: wishes, hub: events.hub)
      self.lease = lease
      if let last = refused.last, wishes.isEmpty, case .refused(_, let refusal) = last {
        lease.finish()
        return refused + [.closed(code: nil, reason: "\(refusal)")]
      }
      await lease.begin()
      return refused.isEmpty ? await lease.take() : refused
    }
  }
}
