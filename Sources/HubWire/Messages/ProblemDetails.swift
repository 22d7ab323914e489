/// The body of an HTTP error, `application/problem+json` (RFC 9457).
package enum ProblemDetails {
  package static let mediaType = "application/problem+json"

  /// What `type` begins with; the code follows. It is a name and no address: RFC 9457 section 3.1.1 wants it absolute,
  /// and the hub does not know under which addresses it can be reached.
  package static let typePrefix = "urn:roomcast:error:"

  /// - Parameters:
  ///   - status: the status of the response; a parser's may differ from the code's own.
  ///   - traceID: the W3C trace id of the request, where there is one.
  ///   - scope: among the results of a stream, what it is about.
  package static func encode(
    error: HubError, status: Int, traceID: String?, scope: ProblemScope? = nil
  ) -> [UInt8] {
    JSONWriter.object(capacity: 256 + error.detail.utf8.count) { json in
      json.member("type", typePrefix + error.code.rawValue)
      json.member("title", error.code.title)
      json.member("status", status)
      json.member("code", error.code.rawValue)
      json.member("detail", error.detail)
      json.member("temporary", error.code.isTemporary)
      if let scope { json.member("scope", scope.rawValue) }
      if let traceID { json.member("traceId", traceID) }
    }
  }
}
