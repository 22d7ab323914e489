/// An error as a client or backend service is told it: a stable code, and a sentence that names the field or limit.
///
/// The detail must hold no secret: it travels to the peer and into the log.
public struct HubError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What went wrong, by its stable name.
  public var code: ErrorCode
  /// Seconds after which a retry is worth it; told over HTTP where the status is one that invites it.
  public var retryAfter: Int32 = 1
  /// What exactly, and how to mend it.
  public var detail: String

  public init(_ code: ErrorCode, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  public var description: String { "\(code.rawValue): \(detail)" }
}
