/// What a client's opening handshake asks for, once it is found valid; see ``WebSocketHandshake``.
package struct WebSocketOffer: Equatable, Sendable {
  /// The proof that the server speaks the protocol: the answer's `Sec-WebSocket-Accept`.
  package let acceptKey: String
  /// The subprotocols that the client would speak, the one it likes best first.
  package let subprotocols: [String]
}
