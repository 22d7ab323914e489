import HubWire

/// Why a hub did not do what it was asked.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// The stable name of the error, such as `PAYLOAD_TOO_LARGE`; a newer hub may have names of its own.
  public let code: String
  /// What exactly, and the limit or field that it is about.
  public let detail: String
  /// Whether the same can succeed later.
  public let isTemporary: Bool
  /// The status of the HTTP answer; nil where it came over a WebSocket.
  public let status: Int?

  init(code: String, detail: String, isTemporary: Bool, status: Int? = nil) {
    self.code = code
    self.detail = detail
    self.isTemporary = isTemporary
    self.status = status
  }

  /// Code and detail.
  public var description: String { detail.isEmpty ? code : "\(code): \(detail)" }

  /// Takes the problem document (RFC 9457) of an answer. A proxy in between may answer something else, so nothing in it
  /// is needed.
  package init(status: Int, body: [UInt8]) {
    let problem = try? JSONObject(parsing: body)
    let isTemporaryStatus = status >= 500 || status == 429 || status == 408
    self.init(
      code: (try? problem?.string("code")) ?? "HTTP \(status)",
      detail: (try? problem?.string("detail")) ?? "",
      isTemporary: (try? problem?.bool("temporary")) ?? isTemporaryStatus, status: status)
  }

  /// Another token may be taken.
  var isTokenExpired: Bool { code == ErrorCode.tokenExpired.rawValue }

  /// Whether to try again: an expired token is temporary as well, but the same one stays expired.
  var invitesRetry: Bool { isTemporary && status != 401 }
}
