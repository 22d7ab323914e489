import HubWire

/// Who is asked, and how the answer counts.
struct BackendRule: Sendable, Equatable {
  let target: String
  let time: Duration
  let cache: Duration
  let away: BackendAbsence

  /// Nil where nobody is asked.
  init?(_ settings: ConnectBackendSettings) {
    guard let target = settings.target else { return nil }
    self.target = target
    time = settings.time
    cache = settings.cache
    away = settings.away
  }

  init(_ settings: NamespaceBackendSettings) {
    target = settings.target
    time = settings.time
    cache = settings.cache
    away = settings.away
  }
}

extension Grant {
  /// A backend service, which is never asked about: it is the backend.
  var isService: Bool {
    switch source {
    case .key, .certificate: true
    case .open, .anonymous, .token: false
    }
  }

  /// A user with a token.
  var isUser: Bool { if case .token = source { true } else { false } }
}
