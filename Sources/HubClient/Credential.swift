import HubWire

/// What a client shows to be let in: an API key or a token. It is never printed.
public struct Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  /// - Parameter text: the key or token, without anything around it.
  /// - Throws: ``CredentialError`` where no hub could have given it out; the text is not repeated.
  public init(_ text: String) throws(CredentialError) {
    guard !text.isEmpty else { throw CredentialError("it is empty") }
    // RFC 6750 section 2.1: b64token. Above all no line break, which would begin another header field.
    guard text.utf8.allSatisfy(Self.allows) else {
      throw CredentialError("it holds something else than letters, digits and - . _ ~ + / =")
    }
    self.text = text
  }

  public var description: String { "(hidden)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }

  private static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~+/=".utf8.contains(byte)
    }
  }

  /// The field that carries the credential, if there is one, beside others.
  static func add(_ credential: Credential?, to fields: HTTPFields) -> HTTPFields {
    guard let credential else { return fields }
    var fields = fields
    fields.append("Authorization", "Bearer \(credential.text)")
    return fields
  }
}

/// Why a text is neither an API key nor a token.
public struct CredentialError: Error, Sendable, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}
