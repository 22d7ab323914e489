import HubWire

/// What a parser made of an input, in a form that can be compared: the pieces of a body are joined.
struct HTTPTranscript: Equatable, CustomStringConvertible {
  var lines: [String] = []
  var error: HTTPParseError?
  var isBetweenRequests = true
  /// How much of the last piece was taken.
  var rest = 0

  var description: String {
    (lines + [error.map { "\($0)" } ?? "", "between \(isBetweenRequests)"]).joined(separator: "\n")
  }

  mutating func body(_ text: String) {
    if lines.last?.hasPrefix("body ") == true {
      lines[lines.count - 1] += text
    } else {
      lines.append("body " + text)
    }
  }

  static func requests(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> HTTPTranscript {
    var parser = HTTPRequestParser(limits: limits)
    var transcript = HTTPTranscript()
    for piece in pieces {
      var index = 0
      do {
        while let event = try parser.next(piece.span, at: &index) {
          switch event {
          case .head(let request): transcript.lines.append(describe(request))
          case .body(let range): transcript.body(String(decoding: piece[range], as: UTF8.self))
          case .end: transcript.lines.append("end")
          }
        }
      } catch {
        transcript.error = error
        break
      }
      transcript.rest = piece.count - index
    }
    transcript.isBetweenRequests = parser.isBetweenRequests
    return transcript
  }

  static func requests(_ text: String, limits: HTTPLimits = HTTPLimits()) -> HTTPTranscript {
    requests([Array(text.utf8)], limits: limits)
  }

  /// - Parameter methods: Of the requests, one for each answer.
  static func answers(_ pieces: [[UInt8]], to methods: [HTTPMethod] = [.get], atEnd: Bool = false) -> HTTPTranscript {
    var methods = methods[...]
    var parser = HTTPResponseParser(method: methods.popFirst() ?? .get)
    var transcript = HTTPTranscript()
    func feed(_ piece: [UInt8]) throws(HTTPParseError) {
      var index = 0
      while let event = try parser.next(piece.span, at: &index) {
        switch event {
        case .head(let head): transcript.lines.append(describe(head))
        case .body(let range): transcript.body(String(decoding: piece[range], as: UTF8.self))
        case .end:
          transcript.lines.append("end")
          parser.method = methods.popFirst() ?? .get
        }
      }
      transcript.rest += piece.count - index
    }
    do throws(HTTPParseError) {
      for piece in pieces { try feed(piece) }
      if atEnd {
        try parser.receivedEnd()
        try feed([])
      }
    } catch {
      transcript.error = error
    }
    return transcript
  }

  private static func describe(_ fields: HTTPFields) -> String {
    (0..<fields.count).map { "[\(fields.field(at: $0).name)=\(fields.field(at: $0).value)]" }.joined()
  }

  private static func describe(_ request: HTTPRequest) -> String {
    var line = "\(request.method.text) \(request.path) ?\(request.query ?? "-") 1.\(request.minorVersion)"
    line += " host=\(request.host) \(request.bodyLength)"
    if request.keepsAlive { line += " keep-alive" }
    if request.expectsContinue { line += " expect" }
    if request.wantsUpgrade { line += " upgrade" }
    return line + " " + describe(request.fields)
  }

  private static func describe(_ head: HTTPResponseHead) -> String {
    "\(head.status) 1.\(head.minorVersion) \(head.bodyLength)\(head.keepsAlive ? " keep-alive" : "") "
      + describe(head.fields)
  }
}

/// Every way to hand an input over: byte by byte, and every cut in two.
func everyCut(of bytes: [UInt8]) -> [[[UInt8]]] {
  [bytes.map { [$0] }] + (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
}
