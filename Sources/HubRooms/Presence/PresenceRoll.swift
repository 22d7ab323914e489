import HubIO

/// Those who are present by the subscriptions of one reactor, whom that reactor renews.
final class PresenceRoll {
  private(set) var present: [PresenceKey: Presence] = [:]
  var isRenewing = false

  func add(_ presence: Presence) {
    present[presence.key] = presence
  }

  func remove(_ presence: Presence) {
    present[presence.key] = nil
  }
}
