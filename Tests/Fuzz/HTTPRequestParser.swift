/// Body of a libFuzzer run: a request stream must parse the same in one piece, byte by byte, and cut in two.
///
/// The limits are small, so that the refusals they cause are reached too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let whole = transcript([bytes])
  precondition(transcript(bytes.map { [$0] }) == whole, "byte by byte differs")
  let cut = Int(bytes.first ?? 0) * size / 256
  precondition(transcript([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut in two differs")
  return 0
}

private func transcript(_ pieces: [[UInt8]]) -> [String] {
  var parser = HTTPRequestParser(limits: HTTPLimits(headerBytes: 512, headerFields: 8))
  var lines: [String] = []
  var body: [UInt8] = []
  for piece in pieces {
    var index = 0
    do {
      while let event = try parser.next(piece.span, at: &index) {
        switch event {
        case .head(let request): lines.append(describe(request))
        case .body(let range): body += piece[range]
        case .end:
          lines.append("body \(body) end")
          body = []
        }
      }
      precondition(index == piece.count, "nil came before all input was taken")
    } catch {
      return lines + ["body \(body) \(error)"]
    }
  }
  return lines + ["body \(body) between \(parser.isBetweenRequests)"]
}

private func describe(_ request: HTTPRequest) -> String {
  var line = "\(request.method.text) \(request.path) ?\(request.query ?? "-") 1.\(request.minorVersion)"
  line += " \(request.host) \(request.bodyLength)"
  line += " \(request.keepsAlive) \(request.expectsContinue) \(request.wantsUpgrade) \(request.prefersEventStream)"
  for index in 0..<request.fields.count {
    let field = request.fields.field(at: index)
    precondition(request.fields[field.name] != nil, "a field is not found by its name")
    line += " [\(field.name)=\(field.value)]"
  }
  _ = try? HTTPQuery(request.query)
  return line
}
