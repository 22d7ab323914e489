/// Reading a token, its claims, a key set or a room pattern never traps; a token has one spelling only; and claims that
/// are read keep their bounds. The input is read as each, and once more as the claims of a token of ours.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let text = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  if let token = try? JSONWebToken(text) {
    let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
    precondition(Base64URL.encode(token.payload) == Array(parts[1]), "the payload has another spelling")
    precondition(Base64URL.encode(token.signature) == Array(parts[2]), "the signature has another spelling")
    check(try? token.claims())
  }
  let dot = [UInt8(ascii: ".")]
  let own = Base64URL.encode(Array(#"{"alg":"HS256"}"#.utf8)) + dot + Base64URL.encode(text) + dot
  if own.count <= JSONWebToken.maximumBytes {
    guard let token = try? JSONWebToken(own) else { preconditionFailure("a plain header is refused") }
    precondition(token.payload == text, "the payload is not what was put in")
    check(try? token.claims())
  }
  if let set = try? JSONWebKeySet(text) { precondition(!set.keys.isEmpty, "a set of no use") }
  if let pattern = try? RoomPattern(String(decoding: text, as: UTF8.self)) {
    precondition(Array(pattern.text.utf8) == text, "a pattern of bytes that are no text")
    precondition(pattern.overlaps(pattern) && pattern.overlaps(.all), "a pattern that covers nothing")
  }
  return 0
}

private func check(_ claims: TokenClaims?) {
  guard let claims else { return }
  precondition((1...TokenClaims.maximumSubjectBytes).contains(claims.subject.utf8.count), "a user without bounds")
  precondition(claims.expires >= 0 && claims.expires <= 1 << 53, "a date that can overflow")
  let lists = [claims.subscribe.count, claims.publish.count, claims.presence.count, claims.rooms.count]
  precondition(lists.allSatisfy { $0 <= TokenClaims.maximumElements }, "a list without bounds")
}
