package import HubIO
package import HubWire

/// The owner of a channel with subscriptions: is told where one ends that it has not ended itself.
package protocol SubscriptionOwner: ChannelOwner {
  /// Called on the channel's reactor, when everything is pushed that the subscription still gets.
  ///
  /// - Parameter error: `NOT_FOUND` where the room was deleted, `SLOW_CONSUMER` where the client does not keep up.
  func subscriptionEnded(_ subscription: Subscription, _ error: HubError)
}
