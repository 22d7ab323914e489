/// The server's side of the opening handshake (RFC 6455 sections 4.2 and 11.3).
package enum WebSocketHandshake {
  /// The fields that every answer to `UPGRADE_REQUIRED` must carry (RFC 6455 section 4.4, RFC 9110 section 15.5.22).
  package static var upgradeRequiredFields: HTTPFields {
    ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"]
  }

  /// Checks a request as section 4.2.1 wants it; whom it comes from (`Origin`, credentials) is not looked at.
  ///
  /// A request with a body is refused: its bytes could not be told from frames.
  ///
  /// - Throws: `METHOD_NOT_ALLOWED` unless it is a GET; `UPGRADE_REQUIRED` where it does not ask for version 13 of the
  ///   protocol over HTTP/1.1 (add ``upgradeRequiredFields`` to the answer); `INVALID_REQUEST` for all else.
  package static func offer(in request: HTTPRequest) throws(HubError) -> WebSocketOffer {
    let fields = request.fields
    guard request.method == .get else {
      throw HubError(.methodNotAllowed, "a WebSocket is opened with GET, not \(request.method.text)")
    }
    guard request.wantsUpgrade else {
      throw HubError(
        .upgradeRequired, "open a WebSocket here: HTTP/1.1 with Upgrade: websocket and Connection: Upgrade")
    }
    guard fields.values(of: "Sec-WebSocket-Version") == ["13"] else {
      throw HubError(.upgradeRequired, "Sec-WebSocket-Version must be 13")
    }
    guard request.bodyLength == .none || request.bodyLength == .length(0) else {
      throw HubError(.invalidRequest, "a request that opens a WebSocket has no body")
    }
    let keys = fields.values(of: "Sec-WebSocket-Key")
    guard keys.count == 1, isKey(keys[0]) else {
      throw HubError(.invalidRequest, "there must be one Sec-WebSocket-Key, of 16 bytes in base64")
    }
    let subprotocols = fields.list(of: "Sec-WebSocket-Protocol")
    guard subprotocols.isEmpty || subprotocols.allSatisfy(isToken) && Set(subprotocols).count == subprotocols.count
    else {
      throw HubError(.invalidRequest, "Sec-WebSocket-Protocol must be a list of tokens, each named once")
    }
    return WebSocketOffer(acceptKey: acceptKey(for: keys[0]), subprotocols: subprotocols)
  }

  /// The answer that opens the WebSocket: frames follow it (section 4.2.2).
  ///
  /// - Parameter subprotocol: One of the offered ones, or nil.
  package static func answer(to offer: WebSocketOffer, subprotocol: String? = nil) -> [UInt8] {
    var head: [UInt8] = []
    head.reserveCapacity(192)
    head.append(contentsOf: answerStart)
    head.append(contentsOf: offer.acceptKey.utf8)
    if let subprotocol {
      head.append(contentsOf: "\r\nSec-WebSocket-Protocol: ".utf8)
      head.append(contentsOf: subprotocol.utf8)
    }
    head.append(contentsOf: "\r\n\r\n".utf8)
    return head
  }

  /// The same for every answer.
  private static let answerStart = Array(
    """
    HTTP/1.1 101 Switching Protocols\r
    Upgrade: websocket\r
    Connection: Upgrade\r
    Sec-WebSocket-Accept:\u{20}
    """.utf8)

  /// The answer to a key: the digest of it and of a constant that nobody else would append (section 1.3).
  package static func acceptKey(for key: String) -> String {
    let bytes = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    return String(decoding: Base64.encode(Digest.sha1(bytes.span)), as: UTF8.self)
  }

  /// Whether a list of names holds one, which is in lower case; the case of names is of no account.
  static func names(_ name: String, in list: [String]) -> Bool {
    list.contains { $0.lowercased() == name }
  }

  private static func isKey(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 24 && Base64.isValid(bytes.span) && Base64.decodedCount(bytes.span) == 16
  }

  private static func isToken(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return HTTPBytes.isToken(bytes.span)
  }
}
