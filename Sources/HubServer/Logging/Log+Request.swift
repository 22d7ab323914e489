extension Log {
  /// Logs the one line of a request that has been answered.
  ///
  /// What follows the path's `?` or `#` is left out: it may hold a token. An answer of 500 is logged as an error and
  /// any other of the hub's own failures as a warning, whatever `level` says.
  ///
  /// - Parameters:
  ///   - path: the request's target; its query is dropped here.
  ///   - duration: from the complete request to the answer.
  ///   - peer: the client's address.
  ///   - level: for the answers that are no failure of the hub.
  package func request(
    method: String, path: String, status: Int, duration: Duration, trace: TraceID?, peer: String,
    level: LogLevel = .info
  ) {
    let level: LogLevel = status < 500 ? level : status == 500 ? .error : max(level, .warning)
    guard isEnabled(level) else { return }
    let end = path.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? path.endIndex
    var fields = [
      LogField("method", method), LogField("path", String(path[..<end])), LogField("status", status),
      LogField("milliseconds", .duration(duration)), LogField("peer", peer),
    ]
    if let trace { fields.append(LogField("trace", .trace(trace))) }
    log(level, "request", fields)
  }
}
