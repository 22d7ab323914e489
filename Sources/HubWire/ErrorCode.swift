/// The stable names of everything that can go wrong in the public interface: one catalogue for HTTP, WebSocket and SSE.
///
/// Over HTTP a code travels in an RFC 9457 problem document with ``status``; over a WebSocket in an `error` frame and,
/// where the connection cannot go on, as ``closeCode``. Close codes 4100–4499 invite the client to come back with
/// backoff; 4500–4999 tell it not to.
public enum ErrorCode: String, Sendable, CaseIterable {
  case invalidJSON = "INVALID_JSON"
  case invalidRoom = "INVALID_ROOM"
  case invalidEvent = "INVALID_EVENT"
  case invalidPosition = "INVALID_POSITION"
  case invalidRequest = "INVALID_REQUEST"
  case unauthorized = "UNAUTHORIZED"
  case forbidden = "FORBIDDEN"
  case originNotAllowed = "ORIGIN_NOT_ALLOWED"
  case notFound = "NOT_FOUND"
  case methodNotAllowed = "METHOD_NOT_ALLOWED"
  case conflict = "CONFLICT"
  case payloadTooLarge = "PAYLOAD_TOO_LARGE"
  case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
  case headersTooLarge = "HEADERS_TOO_LARGE"
  case upgradeRequired = "UPGRADE_REQUIRED"
  case rateLimited = "RATE_LIMITED"
  case tooManyConnections = "TOO_MANY_CONNECTIONS"
  case tooManyRooms = "TOO_MANY_ROOMS"
  case timeout = "TIMEOUT"
  case slowConsumer = "SLOW_CONSUMER"
  case tokenExpired = "TOKEN_EXPIRED"
  case engineUnavailable = "ENGINE_UNAVAILABLE"
  case backendUnavailable = "BACKEND_UNAVAILABLE"
  case draining = "DRAINING"
  case `internal` = "INTERNAL"

  /// The HTTP status that carries this code (RFC 9110 section 15).
  public var status: Int {
    switch self {
    case .invalidJSON, .invalidRoom, .invalidEvent, .invalidPosition, .invalidRequest: 400
    case .unauthorized, .tokenExpired: 401
    case .forbidden, .originNotAllowed: 403
    case .notFound: 404
    case .methodNotAllowed: 405
    case .timeout: 408
    case .conflict: 409
    case .payloadTooLarge: 413
    case .unsupportedMediaType: 415
    case .upgradeRequired: 426
    case .rateLimited, .tooManyConnections, .tooManyRooms: 429
    case .headersTooLarge: 431
    case .internal: 500
    case .slowConsumer, .engineUnavailable, .backendUnavailable, .draining: 503
    }
  }

  /// The WebSocket close code (RFC 6455 section 7.4) for when this error ends the connection.
  public var closeCode: UInt16 {
    switch self {
    case .invalidJSON, .invalidRoom, .invalidEvent, .invalidPosition, .invalidRequest, .notFound, .methodNotAllowed,
      .conflict, .upgradeRequired:
      4500
    case .unauthorized: 4501
    case .forbidden, .originNotAllowed: 4503
    case .payloadTooLarge, .unsupportedMediaType, .headersTooLarge: 1009
    case .rateLimited, .tooManyConnections, .tooManyRooms: 4129
    case .timeout: 4108
    case .slowConsumer: 4113
    case .tokenExpired: 4101
    case .engineUnavailable, .backendUnavailable: 4112
    case .draining: 1012
    case .internal: 1011
    }
  }

  /// Whether the same request can succeed later without a change.
  public var isTemporary: Bool {
    switch self {
    case .rateLimited, .tooManyConnections, .tooManyRooms, .timeout, .slowConsumer, .tokenExpired, .engineUnavailable,
      .backendUnavailable, .draining, .internal:
      true
    default: false
    }
  }

  /// A short phrase for people; the detail of the single error says the rest.
  public var title: String {
    switch self {
    case .invalidJSON: "The JSON is not valid"
    case .invalidRoom: "The room name is not valid"
    case .invalidEvent: "The event is not valid"
    case .invalidPosition: "The position is not valid"
    case .invalidRequest: "The request is not valid"
    case .unauthorized: "Credentials are missing or wrong"
    case .forbidden: "These credentials do not allow this"
    case .originNotAllowed: "This origin may not use the hub"
    case .notFound: "There is nothing here"
    case .methodNotAllowed: "This method does not work here"
    case .conflict: "The request conflicts with an earlier one"
    case .payloadTooLarge: "The payload is too large"
    case .unsupportedMediaType: "The media type is not supported"
    case .headersTooLarge: "The header section is too large"
    case .upgradeRequired: "This address speaks WebSocket"
    case .rateLimited: "Too many messages"
    case .tooManyConnections: "Too many connections"
    case .tooManyRooms: "Too many rooms"
    case .timeout: "It took too long"
    case .slowConsumer: "The subscriber reads too slowly"
    case .tokenExpired: "The token has expired"
    case .engineUnavailable: "The engine is away"
    case .backendUnavailable: "The backend that decides is away"
    case .draining: "The hub is shutting down"
    case .internal: "The hub failed"
    }
  }
}
