/// What went wrong, and what is worth knowing about a run.
struct Findings {
  // Integrity: any of these is a fault of the server.
  var gaps = 0
  var doubles = 0
  var reorders = 0
  /// Subscribers that saw other messages, or another order, than the first subscriber of their room.
  var disagreements = 0
  /// Messages that had not arrived when the run ended.
  var missing = 0
  /// Messages too old to tell late from repeated.
  var tooOld = 0
  var disconnects = 0

  // Errors: what should not be answered, or not in this form.
  var connectErrors = 0
  var handshakeErrors = 0
  var protocolErrors = 0
  var refusedPublishes = 0
  /// A second without a delivery while some were owed.
  var stalls = 0

  // No fault by themselves.
  var unmarked = 0
  var stale = 0
  var pings = 0
  var closes = 0
  /// Publishes whose time came while no connection was free.
  var lateSends = 0

  var errors: Int { connectErrors + handshakeErrors + protocolErrors + refusedPublishes + stalls }

  func faults(ordersAreDefined: Bool) -> Int {
    gaps + doubles + disagreements + missing + tooOld + disconnects + errors + (ordersAreDefined ? reorders : 0)
  }
}
