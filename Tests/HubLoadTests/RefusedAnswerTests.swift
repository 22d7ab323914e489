import Testing

@testable import HubLoad

@Suite struct RefusedAnswerTests {
  private func refused(_ text: String) -> RefusedAnswer {
    var bytes = Array(text.utf8) + [0]
    return bytes.withUnsafeMutableBufferPointer { RefusedAnswer(handshake: $0.baseAddress!, text.utf8.count) }
  }

  @Test func `the status and the body are kept`() {
    let answer = refused("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}")
    #expect(answer.status == 429 && answer.body == Array("{}".utf8))
  }

  @Test func `what is no HTTP has no status`() {
    #expect(refused("SSH-2.0-OpenSSH_9.2 and more").status == 0 && refused("").status == 0)
  }

  @Test func `a long body is cut`() {
    let answer = refused("HTTP/1.1 500 No\r\n\r\n" + String(repeating: "x", count: 10_000))
    #expect(answer.body.count == RefusedAnswer.longestBody)
  }
}
