/// What state a connection is in, from what happens to it. A pure value.
struct ConnectionStates {
  private(set) var state = ConnectionState.connecting
  /// The hub's welcome has come on this connection.
  private var isWelcome = false

  /// A connection is being made.
  mutating func connects() {
    isWelcome = false
    state = .connecting
  }

  /// The hub's welcome has come.
  mutating func welcomed() {
    isWelcome = true
  }

  /// Something has come, or been asked for, since.
  ///
  /// - Parameter isUpToDate: every room is subscribed and has come to what was its newest event then.
  mutating func progressed(isUpToDate: Bool) {
    if isWelcome { state = isUpToDate ? .live : .catchingUp }
  }

  /// There is no connection.
  mutating func ended(reason: String, retryIn: Duration?) {
    isWelcome = false
    state = .offline(reason: reason, retryIn: retryIn)
  }
}
