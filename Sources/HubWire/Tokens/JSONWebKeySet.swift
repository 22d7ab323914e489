/// The keys of a JSON Web Key Set (RFC 7517 section 5).
package struct JSONWebKeySet: Sendable {
  /// How many keys a set may have.
  package static let maximumKeys = 256

  /// Those that this hub can check signatures with, in their order; others are passed over, as section 5 wants it.
  package let keys: [JSONWebKey]

  /// - Throws: `INVALID_JSON`, or `INVALID_REQUEST` where it is no such set, a key is not whole, two have one name, or
  ///   none can be used.
  package init(_ bytes: [UInt8]) throws(HubError) {
    let object = try JSONObject(parsing: bytes, maximumDepth: JSONWebToken.maximumDepth)
    let array = try JSONArray(try object.required("keys"), maximum: Self.maximumKeys, name: "keys")
    var keys: [JSONWebKey] = []
    for (index, element) in array.elements.enumerated() {
      guard let key = try JSONWebKey(try JSONObject(element, name: "keys[\(index)]")) else { continue }
      if let id = key.keyID, keys.contains(where: { $0.keyID == id }) {
        throw HubError(.invalidRequest, "`keys[\(index)].kid` is the name of an earlier key")
      }
      keys.append(key)
    }
    guard !keys.isEmpty else {
      throw HubError(
        .invalidRequest, "no key of the set can be used: it needs one of RSA, P-256, Ed25519 or oct for signatures")
    }
    self.keys = keys
  }
}
