import HubIO
import HubWire

/// `DELETE /v1/users/{user}/connections`: closes every stream of a user on this node.
struct UsersRoute {
  let worker: Worker

  /// Codes that say whether to come back; the hub's own lie among them.
  private static let codes = 4100...4999
  /// RFC 6455 section 5.5: what fits into a close frame beside the code.
  private static let reasonBytes = 123

  /// `?revoke=true` also refuses the user's tokens that were issued before now; without it clients may come back at once.
  func close(_ user: String, _ request: HTTPRequest) async throws(HubError) -> Reply {
    let query = try HTTPQuery(request.query)
    let revokes = try PublishRoute.flag(query, "revoke")
    let code =
      try Self.code(query) ?? (revokes ? ErrorCode.unauthorized.closeCode : ErrorCode.engineUnavailable.closeCode)
    let reason = query["reason"] ?? (revokes ? "revoked" : "closed")
    guard reason.utf8.count <= Self.reasonBytes else {
      throw HubError(.invalidRequest, "`reason` may have \(Self.reasonBytes) bytes, this has \(reason.utf8.count)")
    }
    // First the tokens, so that nobody slips in behind.
    if revokes { worker.node.revocations.revoke(user, at: worker.reactor.kernel.wallTime() / 1000) }
    var closed = 0
    for sibling in worker.siblings {
      closed += await sibling.perform { $0.close(of: user, code: code, reason: reason) }
    }
    let body = JSONWriter.object(capacity: 96 + user.utf8.count) { json in
      json.member("user", user)
      json.member("closed", closed)
      json.member("revoked", revokes)
    }
    return .response(.json(200, body))
  }

  private static func code(_ query: HTTPQuery) throws(HubError) -> UInt16? {
    guard let text = query["code"] else { return nil }
    guard let code = UInt16(text), codes.contains(Int(code)) else {
      throw HubError(.invalidRequest, "`code` must be a close code from \(codes.lowerBound) to \(codes.upperBound)")
    }
    return code
  }
}
