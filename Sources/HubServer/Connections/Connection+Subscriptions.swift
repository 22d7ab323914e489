import HubIO
import HubRooms
import HubWire

/// Subscriptions that end without the client's asking for it.
extension Connection: SubscriptionOwner {
  nonisolated func subscriptionEnded(_ subscription: Subscription, _ error: HubError) {
    assumeIsolated { $0.ended(subscription, error) }
  }

  private func ended(_ subscription: Subscription, _ error: HubError) {
    // Whoever takes it out tells the client: an `unsubscribe` may be under way.
    guard stream?.remove(subscription) == true else { return }
    if error.code == .slowConsumer { return endStream(error) }
    switch stage {
    case .webSocket: sendUnsubscribed(subscription, error.code)
    // Before the head there is nobody to tell: whoever makes the stream does it.
    case .eventStream where stream?.hasHead == true:
      sendUnsubscribed(subscription, error.code)
      if stream?.subscriptions.isEmpty == true { endEventStream() }
    case .eventStream, .http, .echo, .closing: break
    }
  }

  /// Says that the room is subscribed no more, and why.
  func sendUnsubscribed(_ subscription: Subscription, _ code: ErrorCode) {
    let json = ServerMessage.encodeUnsubscribed(id: nil, room: subscription.room, code: code)
    channel.push(subscription.encoding.control("unsubscribed", json, at: nil))
  }
}
