import HubIO

/// Why a backend has not decided.
struct BackendFailure: Error, Equatable {
  let reason: String
  /// It is not there: it cannot be reached, takes too long, or answers that it has a problem of its own (5xx). What a
  /// client can bring about, as a crowd of questions or one that the backend does not understand, is not that.
  let isAway: Bool

  init(reason: String, isAway: Bool = false) {
    self.reason = reason
    self.isAway = isAway
  }

  init(_ error: WireError) {
    self.init(reason: error.reason, isAway: !error.hasAnswer)
  }

  /// What an answer with this status means; nil where it is the one that decides.
  init?(status: Int) {
    if status == 200 { return nil }
    self.init(reason: "it answered \(status) instead of 200", isAway: (500..<600).contains(status))
  }
}
