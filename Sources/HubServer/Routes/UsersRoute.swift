import HubIO
import HubWire

/// `/v1/users/{user}/connections`: the streams of a user on this node.
struct UsersRoute {
  let worker: Worker

  /// RFC 6455 section 5.5: what fits into a close frame beside the code.
  private static let reasonBytes = 123

  /// Closes all of them. `?revoke=true` also refuses the user's tokens that were issued up to `seconds` since 1970; without
  /// it clients may come back at once.
  func close(_ user: String, _ query: HTTPQuery, at seconds: Int64) async throws(HubError) -> [UInt8] {
    let revokes = try query.flag("revoke")
    let code =
      try Self.code(query) ?? (revokes ? ErrorCode.unauthorized.closeCode : ErrorCode.engineUnavailable.closeCode)
    let reason = try Self.reason(query) ?? (revokes ? "revoked" : "closed")
    // First the tokens, so that nobody slips in behind.
    if revokes { worker.node.revocations.revoke(user, at: seconds) }
    var closed = 0
    for sibling in worker.siblings {
      closed += await sibling.perform { $0.close(of: user, code: code, reason: reason) }
    }
    return JSONWriter.object(capacity: 96 + user.utf8.count) { json in
      json.member("user", user)
      json.member("closed", closed)
      json.member("revoked", revokes)
    }
  }

  /// One that says whether to come back; the hub's own lie among them.
  static func code(_ query: HTTPQuery) throws(HubError) -> UInt16? {
    try query.number(.code).map { UInt16($0) }
  }

  static func reason(_ query: HTTPQuery) throws(HubError) -> String? {
    guard let reason = query["reason"] else { return nil }
    guard reason.utf8.count <= reasonBytes else {
      throw HubError(.invalidRequest, "`reason` may have \(reasonBytes) bytes, this has \(reason.utf8.count)")
    }
    return reason
  }
}
