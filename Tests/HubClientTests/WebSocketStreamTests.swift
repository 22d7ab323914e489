import HubWire
import Testing

@testable import HubClient

@Suite struct WebSocketStreamTests {
  private static let handshake = WebSocketClientHandshake(
    host: "h", target: "/v1/ws", subprotocols: ["roomcast.v1"], key: "dGhlIHNhbXBsZSBub25jZQ==")
  private static let opening = Array(
    """
    HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: roomcast.v1\r\n\r\n
    """.utf8)

  /// What a stream makes of the pieces, and how it ended.
  private static func play(_ pieces: [ArraySlice<UInt8>]) -> ([WebSocketStream.Incoming], LinkEnd?) {
    var stream = WebSocketStream(handshake: handshake)
    var incoming: [WebSocketStream.Incoming] = []
    for piece in pieces {
      do throws(LinkEnd) {
        try stream.receive(piece.span, into: &incoming)
      } catch {
        return (incoming, error)
      }
    }
    return (incoming, nil)
  }

  @Test func everySplitGivesTheSameMessages() {
    let bytes =
      opening(
        WebSocketFrame.encode(.text, Array("one".utf8)), WebSocketFrame.encode(.ping, [1, 2]),
        WebSocketFrame.close(code: 1012, reason: "bye"))
    let whole = Self.play([bytes[...]])
    #expect(
      whole.0 == [.opened, .message(Array("one".utf8)), .ping([1, 2]), .closed(code: 1012, reason: "bye")])
    #expect(whole.1 == nil)
    for middle in bytes.indices {
      let split = Self.play([bytes[..<middle], bytes[middle...]])
      #expect(split.0 == whole.0 && split.1 == nil)
    }
    let single = Self.play(bytes.indices.map { bytes[$0...$0] })
    #expect(single.0 == whole.0)
  }

  private func opening(_ frames: [UInt8]...) -> [UInt8] { Self.opening + frames.flatMap { $0 } }

  @Test func aRefusalIsFinalAndSaysWhy() {
    let body = #"{"code":"ORIGIN_NOT_ALLOWED","detail":"not from there","temporary":false}"#
    let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    let end = Self.play([Array(answer.utf8)[...]]).1
    #expect(end?.reason == "ORIGIN_NOT_ALLOWED: not from there" && end?.comesBack == false)
    #expect(end?.refusal?.code == "ORIGIN_NOT_ALLOWED")
  }

  @Test func aTemporaryRefusalComesBackWhenItWasTold() {
    let answer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    let end = Self.play([Array(answer.utf8)[...]]).1
    #expect(end?.comesBack == true)
    #expect(end?.delay == .seconds(7))
  }

  @Test func whatIsNoHubIsNotTriedAgain() {
    #expect(Self.play([Array("SSH-2.0-OpenSSH_9.6\r\n\r\n".utf8)[...]]).1?.comesBack == false)
    let stranger = Self.play([Array("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".utf8)[...]])
    #expect(stranger.1?.comesBack == false)
  }
}
