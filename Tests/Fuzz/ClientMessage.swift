/// Reading a client's message never traps, and says the same of the message put on one line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let text = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let there = Result { () throws(ClientMessageError) in try ClientMessage.parse(text) }
  // Control characters inside strings are no JSON, and one line would hide them.
  if case .failure(let failure) = there, failure.error.code == .invalidJSON { return 0 }
  let line = JSONScanner.oneLine(text.span)
  let again = Result { () throws(ClientMessageError) in try ClientMessage.parse(line) }
  precondition(there == again, "one line does not say the same")
  if case .success(.publish(_, let request)) = there, case .json(let json) = request.data {
    let data = Result { () throws(JSONError) in try JSONScanner.validate(json.span) }
    guard case .success(let shape) = data else { preconditionFailure("the data is not JSON") }
    precondition(!shape.needsCompaction, "the data is not on one line")
  }
  return 0
}
