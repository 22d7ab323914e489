/// A signed token in compact form (RFC 7515 section 3.1), taken apart and not yet believed.
///
/// Reading it checks nothing but its form. The payload is only read, through ``claims()``, once the signature has been
/// found right over ``signedBytes``.
package struct JSONWebToken: Sendable {
  /// The longest token, in bytes: it fits into the head of a request with room to spare.
  package static let maximumBytes = 8 << 10

  /// The name of the algorithm as the header gives it: whether it is one, and the right one, is for the key to say.
  package let algorithm: String
  /// Which key is meant.
  package let keyID: String?
  /// What is signed: header and payload as they were sent (RFC 7515 section 5.2, step 8).
  package let signedBytes: ArraySlice<UInt8>
  package let payload: [UInt8]
  package let signature: [UInt8]

  /// - Throws: `UNAUTHORIZED`, saying what is wrong with the form; nothing of the token is repeated.
  package init(_ text: [UInt8]) throws(HubError) {
    guard text.count <= Self.maximumBytes else {
      throw Self.refusal("has \(text.count) bytes, the limit is \(Self.maximumBytes)")
    }
    let dots = text.indices.filter { text[$0] == UInt8(ascii: ".") }
    guard dots.count == 2 else {
      throw Self.refusal("has \(dots.count + 1) parts, it must have three with dots between them")
    }
    let header = try Self.part(text[..<dots[0]], "header")
    payload = try Self.part(text[(dots[0] + 1)..<dots[1]], "payload")
    signature = try Self.part(text[(dots[1] + 1)...], "signature")
    signedBytes = text[..<dots[1]]
    do throws(HubError) {
      (algorithm, keyID) = try Self.read(header)
    } catch {
      throw Self.refusal("is refused: in its header, \(error.detail)")
    }
  }

  /// What the token says.
  ///
  /// - Throws: `UNAUTHORIZED`, naming the claim.
  package func claims() throws(HubError) -> TokenClaims {
    do throws(HubError) {
      return try TokenClaims(payload)
    } catch {
      throw Self.refusal("is refused: in its claims, \(error.detail)")
    }
  }

  private static func part(_ text: ArraySlice<UInt8>, _ name: String) throws(HubError) -> [UInt8] {
    guard let bytes = Base64URL.decode(text.span) else {
      throw refusal("is refused: its \(name) is not base64url without padding")
    }
    return bytes
  }

  private static func read(_ header: [UInt8]) throws(HubError) -> (algorithm: String, keyID: String?) {
    let object = try JSONObject(parsing: header, maximumDepth: maximumDepth)
    try object.refuseDoubledKeys()
    // RFC 7515 section 4.1.11: an extension that must be understood; none is understood here.
    guard try object.value("crit") == nil else {
      throw HubError(.invalidRequest, "`crit` asks for extensions that this hub does not have")
    }
    // RFC 8725 section 3.11: a token that was made for something else says so.
    if let type = try object.string("typ")?.lowercased() {
      let name = type.hasPrefix("application/") ? String(type.dropFirst("application/".count)) : type
      guard name == "jwt" || name == "at+jwt" else {
        throw HubError(.invalidRequest, "`typ` is neither JWT nor at+jwt: it was made for something else")
      }
    }
    return (try object.requiredString("alg"), try object.string("kid"))
  }

  /// Claims are lists in an object in an object; what others put in besides may be somewhat deeper.
  static let maximumDepth = 32

  static func refusal(_ what: String) -> HubError { HubError(.unauthorized, "the token \(what)") }
}

extension JSONObject {
  /// - Throws: `INVALID_REQUEST` where any name stands there twice: what signs and what checks may read another one
  ///   each (RFC 8725 section 2.4).
  func refuseDoubledKeys() throws(HubError) {
    var seen: Set<String> = []
    for key in keys where !seen.insert(key).inserted {
      throw HubError(.invalidRequest, "a member\(path.isEmpty ? "" : " of `\(path.dropLast())`") stands there twice")
    }
  }
}
