package import HubWire

/// A connection that was dialled, on which requests are answered one after the other. Touched on the reactor's thread only.
package final class HTTPLine {
  package let wire: Wire
  private let peer: String
  private let maximumBody: Int
  private var parser = HTTPResponseParser(method: .post)
  /// Requests have been answered on it: its end may be no more than that of its idle time.
  package private(set) var isUsed = false
  /// Something of the answer at hand has come.
  package private(set) var hasBegun = false

  /// - Parameters:
  ///   - peer: what to call the other side in errors.
  ///   - maximumBody: the longest body that is kept.
  package init(wire: Wire, peer: String = "the hub", maximumBody: Int = 16 << 20) {
    self.wire = wire
    self.peer = peer
    self.maximumBody = maximumBody
  }

  /// Bytes have come behind the answer that belong to none: nothing can be asked on it any more.
  package private(set) var hasExcess = false
  /// Of the answer at hand, once it has come.
  private var head: HTTPResponseHead?
  /// The longest body that the answer at hand may say it has.
  private var limit = Int.max
  /// How long its body may take, where only its head counts.
  private var bodyTime: Duration?

  /// Reads one answer; `part` is called with each piece of the body as it comes, and says whether to read on.
  ///
  /// - Returns: the head.
  /// - Throws: where the connection ends first, or what answers does not speak HTTP.
  package func answer(_ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void) async throws(WireError)
    -> HTTPResponseHead
  {
    head = nil
    hasBegun = false
    while true {
      var failure: WireError?
      let received = wire.receive { bytes in
        hasBegun = true
        do throws(WireError) {
          return try read(bytes, part)
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
      switch received {
      case .result(true):
        if let head {
          isUsed = true
          return head
        }
      case .result(false): break
      case .nothing: await wire.channel.waitReadable()
      case .end: return try end(part)
      }
    }
  }

  /// The peer has ended: that may be the end of the body.
  private func end(
    _ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void
  ) throws(WireError) -> HTTPResponseHead {
    if wire.fellSilent { throw WireError(reason: "\(peer) does not answer") }
    if let problem = wire.channel.tls?.failure { throw WireError(reason: problem) }
    if let head, head.bodyLength == .untilClose, (try? parser.receivedEnd()) != nil, try read([], part) { return head }
    throw WireError(reason: "the connection was lost")
  }

  private func read(
    _ bytes: [UInt8], _ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void
  ) throws(WireError) -> Bool {
    try read(bytes.span, part)
  }

  /// - Returns: whether the answer is complete.
  private func read(
    _ bytes: Span<UInt8>, _ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void
  ) throws(WireError) -> Bool {
    var index = 0
    do {
      while let event = try parser.next(bytes, at: &index) {
        switch event {
        case .head(let answer): try begin(answer)
        case .body(let range): if let head { try part(head, bytes.extracting(range)) }
        case .end:
          hasExcess = index < bytes.count
          return true
        }
      }
      return false
    } catch let error as HTTPParseError {
      throw WireError(reason: "what answers is not \(peer): \(error.error.detail)", hasAnswer: true)
    } catch let error as WireError {
      throw error
    } catch {
      throw WireError(reason: "\(error)")
    }
  }

  private func begin(_ answer: HTTPResponseHead) throws(WireError) {
    head = answer
    if case .length(let length) = answer.bodyLength, length > limit { throw tooLong }
    if let bodyTime { wire.endAfter(bodyTime) }
  }

  /// Reads one answer with its whole body.
  package func answer() async throws(WireError) -> HTTPAnswer {
    limit = maximumBody
    var body: [UInt8] = []
    let head = try await answer { (_, part) throws(WireError) in
      guard body.count + part.count <= maximumBody else { throw tooLong }
      body.append(part)
    }
    return HTTPAnswer(head: head, body: body)
  }

  /// Reads one answer of which nobody wants the body. It is read, so that the connection can be used again, but one that
  /// is long, or does not come within `time`, is not waited for.
  package func status(bodyWithin time: Duration) async throws(WireError) -> HTTPAnswer {
    limit = maximumBody
    bodyTime = time
    var count = 0
    do throws(WireError) {
      let head = try await answer { (_, part) throws(WireError) in
        count += part.count
        guard count <= maximumBody else { throw tooLong }
      }
      return HTTPAnswer(head: head)
    } catch {
      guard let head else { throw error }
      return HTTPAnswer(head: head, isWhole: false)
    }
  }

  private var tooLong: WireError {
    WireError(reason: "the answer is longer than \(maximumBody) bytes", hasAnswer: true)
  }
}
