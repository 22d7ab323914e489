/// How rooms keep their members.
package struct PresenceLimits: Sendable {
  /// Time after which a connection is gone that was not renewed.
  package var lease: Duration
  /// How long a leave is held back, in case the user returns.
  package var leave: Duration
  /// Members that a subscriber is told of at once.
  package var snapshot: Int

  package init(lease: Duration = .seconds(60), leave: Duration = .seconds(3), snapshot: Int = 100) {
    self.lease = lease
    self.leave = leave
    self.snapshot = snapshot
  }
}
