/// The client's side of the opening handshake: the request, and what its answer must say (RFC 6455 section 4.1).
package struct WebSocketClientHandshake: Sendable {
  /// `HOST` or `HOST:PORT`.
  package let host: String
  /// Path and query, percent-encoded.
  package let target: String
  /// The subprotocols to offer, the best liked first.
  package let subprotocols: [String]
  /// Further fields, such as credentials or the extensions to offer.
  package let fields: HTTPFields
  /// 16 bytes in base64, new for every connection: the answer proves that it is one to this request.
  package let key: String

  package init(
    host: String, target: String, subprotocols: [String] = [], fields: HTTPFields = HTTPFields(),
    key: String = Self.randomKey()
  ) {
    self.host = host
    self.target = target
    self.subprotocols = subprotocols
    self.fields = fields
    self.key = key
  }

  /// A fresh key from the system's random source.
  package static func randomKey() -> String {
    var source = SystemRandomNumberGenerator()
    let bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &source) }
    return String(decoding: Base64.encode(bytes), as: UTF8.self)
  }

  /// The request as bytes.
  package var request: [UInt8] {
    var all: HTTPFields = [
      "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
    ]
    if !subprotocols.isEmpty { all.append("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")) }
    for index in 0..<fields.count {
      let field = fields.field(at: index)
      all.append(field.name, field.value)
    }
    return HTTPRequestHead(method: .get, target: target, host: host, fields: all).encode()
  }

  /// Checks the answer to ``request``; an answer with another status than 101 has a body that says why.
  ///
  /// - Returns: The subprotocol that the server chose.
  /// - Throws: `INVALID_REQUEST`, naming the field that is not as it must be.
  package func verify(_ answer: HTTPResponseHead) throws(HubError) -> String? {
    let fields = answer.fields
    guard answer.status == 101 else { throw Self.refused("its status is \(answer.status), not 101") }
    guard WebSocketHandshake.names("websocket", in: fields.list(of: "Upgrade")) else {
      throw Self.refused("it has no Upgrade: websocket")
    }
    guard WebSocketHandshake.names("upgrade", in: fields.list(of: "Connection")) else {
      throw Self.refused("it has no Connection: Upgrade")
    }
    guard fields.values(of: "Sec-WebSocket-Accept") == [WebSocketHandshake.acceptKey(for: key)] else {
      throw Self.refused("its Sec-WebSocket-Accept does not belong to the key")
    }
    let offered = Set(Self.extensionNames(self.fields))
    guard Self.extensionNames(fields).allSatisfy(offered.contains) else {
      throw Self.refused("it uses an extension that was not offered")
    }
    let chosen = fields.values(of: "Sec-WebSocket-Protocol")
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else {
      throw Self.refused("it chose a subprotocol that was not offered")
    }
    return chosen.first
  }

  private static func extensionNames(_ fields: HTTPFields) -> [String] {
    fields.list(of: "Sec-WebSocket-Extensions").map { element in
      String(element.prefix { $0 != ";" && $0 != " " && $0 != "\t" })
    }
  }

  private static func refused(_ reason: String) -> HubError {
    HubError(.invalidRequest, "the answer opens no WebSocket: \(reason)")
  }
}
