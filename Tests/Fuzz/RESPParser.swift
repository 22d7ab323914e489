/// The law: what a server sends means the same in one piece, byte by byte and cut in two, with the same error at its end;
/// and a value that is an array of strings, as commands are, is what its encoding says.
///
/// The limits are small, so that the refusals they cause are reached too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe [UInt8](UnsafeBufferPointer(start: data, count: size))
  let whole = RESPOutcome([bytes])
  precondition(RESPOutcome(bytes.map { [$0] }) == whole, "byte by byte differs")
  let cut = Int(bytes.last ?? 0) * size / 256
  precondition(RESPOutcome([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut in two differs")
  for value in whole.values { checkCommand(value) }
  return 0
}

private let limits = RESPLimits(bulk: 300, line: 100, elements: 40, depth: 4, value: 600)

private struct RESPOutcome: Equatable {
  var values: [RESPValue] = []
  var error: RESPError?
  var isBetweenValues = true

  init(_ pieces: [[UInt8]]) {
    var parser = RESPParser(limits: limits)
    do throws(RESPError) {
      for piece in pieces {
        parser.receive(piece.span)
        while let value = try parser.next() {
          check(value, depth: 1)
          values.append(value)
        }
      }
    } catch {
      self.error = error
      let again = Result { () throws(RESPError) in try parser.next() }
      precondition(again == .failure(error), "an error is told once only")
    }
    isBetweenValues = parser.isBetweenValues
  }

  static func == (left: RESPOutcome, right: RESPOutcome) -> Bool {
    left.error == right.error && left.isBetweenValues == right.isBetweenValues && isSame(left.values, right.values)
  }
}

/// Whether values are the same, and a NaN as itself.
private func isSame(_ left: [RESPValue], _ right: [RESPValue]) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { left, right in
      switch (left, right) {
      case (.double(let one), .double(let other)): one.bitPattern == other.bitPattern
      case (.array(let one), .array(let other)), (.set(let one), .set(let other)), (.map(let one), .map(let other)),
        (.push(let one), .push(let other)):
        isSame(one, other)
      default: left == right
      }
    }
}

/// A value keeps the limits, and what is asked of it never traps.
private func check(_ value: RESPValue, depth: Int) {
  _ = value.integer
  _ = value["key"]
  if let bytes = value.bytes { precondition(bytes.count <= 300, "a string without bounds") }
  if case .push = value { precondition(depth == 1, "a push inside another value") }
  guard let elements = value.array else { return }
  precondition(elements.count <= 40 && (depth <= 4 || elements.isEmpty), "an aggregate without bounds")
  if case .map = value { precondition(elements.count % 2 == 0, "a key without a value") }
  for element in elements { check(element, depth: depth + 1) }
}

private func checkCommand(_ value: RESPValue) {
  guard case .array(let elements) = value else { return }
  let words = elements.compactMap { if case .bulk(let bytes) = $0 { RESPArgument.bytes(bytes) } else { nil } }
  guard words.count == elements.count else { return }
  var encoded: [UInt8] = []
  let command = RESPCommand(words)
  command.append(to: &encoded)
  precondition(encoded.count == command.byteCount, "a command has another length")
  precondition(RESPOutcome([encoded]).values == [value], "a command is read as something else")
}
