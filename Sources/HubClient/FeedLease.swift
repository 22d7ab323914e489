import HubWire

/// An iteration's hold on its feed: whoever lets go of it leaves the rooms.
final class FeedLease: Sendable {
  private let hub: Roomcast
  private let feed: Feed
  private let wishes: [RoomWish]

  init(of kind: Feed.Kind, for wishes: [RoomWish], hub: Roomcast) {
    self.hub = hub
    self.wishes = wishes
    feed = Feed(kind, rooms: Set(wishes.map(\.name.text)), bufferedBytes: hub.options.bufferedBytes)
  }

  deinit {
    Task(executorPreference: hub.reactor) { [link = hub.link, feed] in await link.leave(feed) }
  }

  var failure: ClientError? { feed.failure }

  func begin() async {
    await hub.link.join(feed, wishes)
  }

  /// What waits, or comes next; empty at the end, or where the task is cancelled.
  func take() async -> [ClientEvent] {
    let (items, wasFull) = await feed.take()
    if wasFull { await hub.link.taken(from: feed) }
    return items
  }

  /// It was never begun, and is over.
  func finish() {
    feed.finish()
  }

  func end() async {
    await hub.link.leave(feed)
  }
}
