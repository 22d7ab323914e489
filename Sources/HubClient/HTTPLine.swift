import HubIO
import HubWire

/// A connection to the hub on which requests are answered one after the other. Touched on the reactor's thread only.
final class HTTPLine {
  let wire: Wire
  private var parser = HTTPResponseParser(method: .post)
  /// Requests have been answered on it: its end may be no more than that of its idle time.
  private(set) var isUsed = false

  /// More than any answer to a publish.
  private static let maximumBody = 16 << 20

  init(wire: Wire) {
    self.wire = wire
  }

  /// Reads one answer; `part` is called with each piece of the body as it comes, and says whether to read on.
  ///
  /// - Returns: the head.
  /// - Throws: where the connection ends first, or what answers is no hub.
  func answer(_ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void) async throws(WireError)
    -> HTTPResponseHead
  {
    var head: HTTPResponseHead?
    while true {
      var failure: WireError?
      let received = wire.receive { bytes in
        do throws(WireError) {
          return try read(bytes, &head, part)
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
      case .end: throw WireError(reason: wire.fellSilent ? "the hub does not answer" : "the connection was lost")
      }
    }
  }

  /// - Returns: whether the answer is complete.
  private func read(
    _ bytes: Span<UInt8>, _ head: inout HTTPResponseHead?,
    _ part: (HTTPResponseHead, Span<UInt8>) throws(WireError) -> Void
  ) throws(WireError) -> Bool {
    var index = 0
    do {
      while let event = try parser.next(bytes, at: &index) {
        switch event {
        case .head(let answer): head = answer
        case .body(let range): if let head { try part(head, bytes.extracting(range)) }
        case .end: return true
        }
      }
      return false
    } catch let error as HTTPParseError {
      throw WireError(reason: "what answers is no hub: \(error.error.detail)")
    } catch let error as WireError {
      throw error
    } catch {
      throw WireError(reason: "\(error)")
    }
  }

  /// Reads one answer with its whole body.
  func answer() async throws(WireError) -> HTTPAnswer {
    var body: [UInt8] = []
    let head = try await answer { (_, part) throws(WireError) in
      guard body.count + part.count <= Self.maximumBody else {
        throw WireError(reason: "the answer is longer than \(Self.maximumBody) bytes")
      }
      body.append(part)
    }
    return HTTPAnswer(head: head, body: body)
  }
}

extension [UInt8] {
  mutating func append(_ bytes: Span<UInt8>) {
    append(addingCapacity: bytes.count) { output in
      for index in bytes.indices { output.append(bytes[index]) }
    }
  }
}
