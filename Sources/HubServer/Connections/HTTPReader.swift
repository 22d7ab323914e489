import HubIO
import HubWire

/// Cuts what arrives on one connection into requests. A pure value but for the bytes it holds back.
///
/// Bytes behind a finished request wait in ``pending`` until that request has been answered: pipelined requests are
/// answered in order. An object, so that a connection that has become a stream can let all of it go.
final class HTTPReader {
  enum Step {
    /// Nothing to do before more arrives.
    case needsInput
    /// The client waits for a go-ahead before it sends the body.
    case expectsContinue
    /// A whole request, or the head of one whose body is read part by part, or refused.
    case request(Exchange)
    /// The next part of such a body: all of it that has arrived.
    case body([UInt8])
    /// The end of such a body.
    case bodyEnd
    /// What came is no request, or too large: an answer, and the end.
    case failed(HubError, status: Int)
  }

  private var parser: HTTPRequestParser
  private let bodyLimit: Int
  /// What can be reached over the connection: that of the listener which accepted it.
  let resources: ResourceSet

  /// What becomes of a request's body.
  enum Reading {
    /// It is kept, and given out with the request.
    case whole
    /// The request is given out at once, and the body part by part.
    case parts
    /// It is read over, and none of it kept.
    case nothing
  }

  /// Looks at a request once its head is complete, before any of its body is kept.
  typealias Admission = (Exchange) -> Reading

  private var pending: [UInt8] = []
  private var pendingIndex = 0
  private var exchange: Exchange?
  private var isDropping = false
  /// A body is given out part by part.
  private(set) var isStreaming = false
  /// What of it has arrived and is not given out yet, and what comes behind.
  private var part: [UInt8] = []
  private var delayed: Step?
  /// The credential of the last request, so that it is checked once for many.
  var known: KnownCredential?
  /// Its next part did not come in time: whoever reads it is to say so.
  var hasTimedOut = false

  init(limits: HTTPLimits, bodyLimit: Int, resources: ResourceSet = .all) {
    self.resources = resources
    parser = HTTPRequestParser(limits: limits)
    self.bodyLimit = bodyLimit
  }

  /// No byte of a next request has arrived, and all of the last one's body has been given out.
  var isIdle: Bool { parser.isBetweenRequests && pending.isEmpty && delayed == nil && part.isEmpty }
  /// A head is complete and its body is under way.
  var isInBody: Bool { exchange != nil || isStreaming }
  /// There is something to take without more input: bytes that were held back, or the end of a body whose last part was
  /// given out.
  var canResume: Bool { !pending.isEmpty || isStreaming || delayed != nil }

  /// Bytes that were held back, for whatever the connection becomes.
  func takePending() -> [UInt8] {
    defer {
      pending = []
      pendingIndex = 0
    }
    return Array(pending[pendingIndex...])
  }

  /// Goes on with what was held back.
  func resume(now: Moment, admit: Admission) -> Step {
    let bytes = pending
    var index = pendingIndex
    let step = read(bytes.span, at: &index, now, admit)
    if index == bytes.count {
      pending = []
      pendingIndex = 0
    } else {
      pendingIndex = index
    }
    return step
  }

  /// Takes what has just arrived; nothing may be pending.
  func receive(_ input: Span<UInt8>, now: Moment, admit: Admission) -> Step {
    var index = 0
    let step = read(input, at: &index, now, admit)
    if index < input.count {
      pending = [UInt8](capacity: input.count - index) { output in
        for place in index..<input.count { output.append(input[place]) }
      }
      pendingIndex = 0
    }
    return step
  }

  private func read(_ input: Span<UInt8>, at index: inout Int, _ now: Moment, _ admit: Admission) -> Step {
    if let step = delayed {
      delayed = nil
      return step
    }
    do throws(HTTPParseError) {
      while let event = try parser.next(input, at: &index) {
        if let step = take(event, input, now, admit) { return behindPart(step) }
      }
      return part.isEmpty ? .needsInput : takePart()
    } catch {
      return behindPart(.failed(error.error, status: error.status))
    }
  }

  /// What has arrived of a streamed body is given out first.
  private func behindPart(_ step: Step) -> Step {
    if part.isEmpty { return step }
    delayed = step
    return takePart()
  }

  private func takePart() -> Step {
    defer { part = [] }
    return .body(part)
  }

  private func take(
    _ event: HTTPRequestEvent, _ input: Span<UInt8>, _ now: Moment, _ admit: Admission
  ) -> Step? {
    switch event {
    case .head(let request): return begin(Exchange(request: request, received: now), admit)
    case .body(let range):
      if isStreaming {
        part.append(contentsOf: Self.copy(input, range))
        return nil
      }
      if isDropping { return nil }
      guard (exchange?.body.count ?? 0) + range.count <= bodyLimit else { return tooLarge("more than \(bodyLimit)") }
      if exchange?.body.isEmpty ?? true {
        exchange?.body = Self.copy(input, range)
      } else {
        exchange?.body.append(contentsOf: Self.copy(input, range))
      }
      return nil
    case .end:
      if isStreaming {
        isStreaming = false
        return .bodyEnd
      }
      defer {
        exchange = nil
        isDropping = false
      }
      return exchange.map { .request($0) }
    }
  }

  private func begin(_ exchange: Exchange, _ admit: Admission) -> Step? {
    let request = exchange.request
    switch admit(exchange) {
    case .whole: break
    case .parts:
      isStreaming = true
      return .request(exchange)
    case .nothing:
      self.exchange = exchange
      isDropping = true
      return nil
    }
    if case .length(let length) = request.bodyLength, length > bodyLimit { return tooLarge("\(length)") }
    self.exchange = exchange
    return request.expectsContinue && request.bodyLength != .none ? .expectsContinue : nil
  }

  private func tooLarge(_ size: String) -> Step {
    let detail = "the body is \(size) bytes, the limit is \(bodyLimit) (`body.bytes`)"
    return .failed(HubError(.payloadTooLarge, detail), status: 413)
  }

  private static func copy(_ input: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    let part = input.extracting(range)
    return part.withUnsafeBufferPointer { Array($0) }
  }
}
