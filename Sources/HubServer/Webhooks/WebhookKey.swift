import HubWire

/// What the requests to one target are signed with (Standard Webhooks 1.0).
struct WebhookKey: Sendable, Equatable {
  private let secret: [UInt8]

  /// The least that is taken, in bytes.
  static let minimum = 16
  private static let prefix = "whsec_"

  /// - Parameter text: `whsec_` and base64, or any text whose bytes are the secret.
  /// - Throws: what is wrong with it; nothing of it is repeated.
  init(_ text: [UInt8]) throws(SignatureKeyError) {
    var secret = text
    if text.starts(with: Self.prefix.utf8) {
      let digits = Array(text.dropFirst(Self.prefix.utf8.count))
      guard let bytes = Base64.decode(digits.span) else {
        throw SignatureKeyError(
          message: "what follows whsec_ is not base64 with padding", mend: "take the secret as it was given")
      }
      secret = bytes
    }
    guard secret.count >= Self.minimum else {
      throw SignatureKeyError(
        message: "the secret has \(secret.count) bytes, the least is \(Self.minimum)",
        mend: "make one with: echo whsec_$(openssl rand -base64 32)")
    }
    self.secret = secret
  }

  /// The `webhook-` fields of a request with this body.
  ///
  /// - Parameters:
  ///   - id: names the message, the same for each try.
  ///   - seconds: the time of this try since 1970.
  func fields(id: String, seconds: Int64, body: [UInt8]) -> HTTPFields {
    let signed = Array("\(id).\(seconds).".utf8) + body
    let code = Base64.encode(SignatureKey.hmac(of: signed[...], secret: secret))
    return [
      "webhook-id": id, "webhook-timestamp": String(seconds),
      "webhook-signature": "v1," + String(decoding: code, as: UTF8.self),
    ]
  }
}
