/// The fast scan and its twin must agree on everything; a valid text put on one line stays valid, and one line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let text = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let fast = Result { () throws(JSONError) in try JSONScanner.validate(text.span) }
  let twin = Result { () throws(JSONError) in
    try JSONScanner.validate(
      text.span, maximumDepth: JSONScanner.maximumDepth, runs: BytewisePlainRun.self)
  }
  precondition(fast == twin, "the scan and its twin disagree")
  guard case .success(let shape) = fast else { return 0 }
  let line = JSONScanner.oneLine(text.span)
  let again = Result { () throws(JSONError) in try JSONScanner.validate(line.span) }
  precondition(
    again == .success(JSONShape(kind: shape.kind, needsCompaction: false)), "one line is not valid, or not one line")
  precondition(JSONScanner.oneLine(line.span) == line, "one line is not the same put on one line again")
  precondition(shape.needsCompaction == (line != text), "the shape does not tell whether there is something to do")
  return 0
}
