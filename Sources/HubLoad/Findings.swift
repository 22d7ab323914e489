/// What went wrong, and what is worth knowing about a run.
package struct Findings: Sendable {
  // Integrity: any of these is a fault of the server.
  package var gaps = 0
  package var doubles = 0
  package var reorders = 0
  /// Subscribers that saw other messages, or another order, than the first subscriber of their room.
  package var disagreements = 0
  /// Messages that had not arrived when the run ended.
  package var missing = 0
  /// Messages too old to tell late from repeated.
  package var tooOld = 0
  package var disconnects = 0

  // Errors: what should not be answered, or not in this form.
  package var connectErrors = 0
  package var handshakeErrors = 0
  package var protocolErrors = 0
  package var refusedPublishes = 0
  /// A second without a delivery while some were owed.
  package var stalls = 0

  // No fault by themselves.
  package var unmarked = 0
  package var stale = 0
  package var pings = 0
  package var closes = 0
  /// Publishes whose time came while no connection was free.
  package var lateSends = 0

  package var errors: Int { connectErrors + handshakeErrors + protocolErrors + refusedPublishes + stalls }

  package func faults(ordersAreDefined: Bool) -> Int {
    gaps + doubles + disagreements + missing + tooOld + disconnects + errors + (ordersAreDefined ? reorders : 0)
  }
}
