import HubIO
import HubWire

/// What a client shows to be let in: an API key or a token, or a way to get one. It is never printed.
public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private enum Source: Sendable {
    case fixed(Secret)
    case asked(@Sendable () async throws -> String)
  }

  private let source: Source

  /// - Parameter text: the key or token, without anything around it.
  /// - Throws: ``CredentialError`` where no hub could have given it out; the text is not repeated.
  public init(_ text: String) throws(CredentialError) {
    source = .fixed(try Secret(text))
  }

  private init(source: Source) {
    self.source = source
  }

  /// A key or token that is asked for with every connection, and anew when the hub says that the token has expired. So a
  /// client can stay for longer than any token lasts.
  ///
  /// - Parameter ask: may take as long as ``Roomcast/Options/patience``; then it is cancelled. Where it throws, or gives
  ///   what no hub could have given out, the connection counts as failed and is tried again later.
  public static func token(_ ask: @escaping @Sendable () async throws -> String) -> Credential {
    Credential(source: .asked(ask))
  }

  /// Never the credential itself.
  public var description: String { "(hidden)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Whether asking again may give another one.
  var isRenewable: Bool {
    if case .asked = source { true } else { false }
  }

  /// Asks for it. On the reactor's thread.
  func get(on reactor: Reactor, within limit: Duration) async throws(CredentialError) -> Secret {
    switch source {
    case .fixed(let secret): secret
    case .asked(let ask): try await Inquiry(on: reactor).run(ask, within: limit)
    }
  }
}

/// The text of a credential.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  let text: String

  init(_ text: String) throws(CredentialError) {
    guard !text.isEmpty else { throw CredentialError("it is empty") }
    // RFC 6750 section 2.1: b64token. Above all no line break, which would begin another header field.
    guard text.utf8.allSatisfy(Self.allows) else {
      throw CredentialError("it holds something else than letters, digits and - . _ ~ + / =")
    }
    self.text = text
  }

  var description: String { "(hidden)" }
  var customMirror: Mirror { Mirror(self, children: []) }

  private static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~+/=".utf8.contains(byte)
    }
  }

  /// The field that carries the secret, if there is one, beside others.
  static func add(_ secret: Secret?, to fields: HTTPFields) -> HTTPFields {
    guard let secret else { return fields }
    var fields = fields
    fields.append("Authorization", "Bearer \(secret.text)")
    return fields
  }
}

/// Why there is no API key or token.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The reason, in which no credential is repeated.
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
