import HubIO
import HubWire

/// What a room tells the subscribers of one reactor, in the order in which it happened.
///
/// Answers to subscribers travel between the events: so an answer needs no merging with what was published meanwhile.
enum Delivery {
  /// For everybody who is live. The moment is that of the publish, for the latency figures.
  case event(Event, published: Moment)
  /// A new subscription stands, beginning here.
  case attached(Subscription, Standing)
  /// The next part for one that catches up; nil where it cannot be had at the moment.
  case replay(Subscription, Replay?)
  /// Everything before this has been said: an answer to ``Fanout/settle(_:)``.
  case settled(Subscription)
  /// The room has begun a new epoch here: nothing of the old one follows.
  case renewed(Position)
  /// Who is present, for everybody who is live.
  case members(MembersPage)
  /// The room was deleted: whoever has subscribed before is subscribed no more.
  case deleted
  /// What becomes of those that do not keep up from here on.
  case slow(SlowPolicy)
  /// Events were left out: whoever is live has everything up to this offset, and goes on from history.
  case behind(after: UInt64)
}

/// A delivery and the room that it comes from.
struct AddressedDelivery {
  let room: ObjectIdentifier
  let delivery: Delivery
}
