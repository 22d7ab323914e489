import HubWire

/// Why a command has no answer that can be used.
enum RedisFailure: Error, Equatable {
  /// There is no connection: nothing was sent.
  case away(String)
  /// Too much waits already: nothing was sent.
  case full(String)
  /// It was sent, and the answer was lost: Redis may have done it.
  case lost(String)
  /// Redis has refused it, in its own words.
  case refused(String)

  var reason: String {
    switch self {
    case .away(let reason), .full(let reason), .lost(let reason): reason
    case .refused(let error): "Redis: \(error)"
    }
  }

  /// As clients are told.
  var hubError: HubError {
    switch self {
    case .away, .full, .refused: HubError(.engineUnavailable, reason)
    case .lost(let reason): HubError(.engineUnavailable, reason + "; the event may or may not have been taken")
    }
  }

  /// Redis is not there for it, and nothing was done: it can be done in another way.
  var isAbsence: Bool {
    switch self {
    case .away: true
    case .full, .lost: false
    case .refused(let error): Self.absences.contains { error.hasPrefix($0) }
    }
  }

  /// What a server says that is not the master of a whole set of data, or not yet.
  private static let absences = ["LOADING ", "READONLY ", "MASTERDOWN ", "CLUSTERDOWN ", "NOREPLICAS ", "MISCONF "]
}
