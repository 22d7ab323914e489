import HubWire

/// How a stream of lines wants to be answered.
enum LineAnswer {
  /// One report at the end.
  case summary
  /// One result a line.
  ///
  /// - Parameter stops: a line that is refused for now is the last that is answered.
  case each(stops: Bool)

  /// - Throws: `INVALID_REQUEST`, naming the parameter.
  init(_ query: HTTPQuery) throws(HubError) {
    let stops =
      switch query["stop"] {
      case nil: false
      case "temporary": true
      default: throw HubError(.invalidRequest, "`stop` must be `temporary`")
      }
    switch query["results"] {
    case "each": self = .each(stops: stops)
    case nil, "summary":
      guard !stops else { throw HubError(.invalidRequest, "`stop` needs `results=each`") }
      self = .summary
    default: throw HubError(.invalidRequest, "`results` must be `each` or `summary`")
    }
  }
}
