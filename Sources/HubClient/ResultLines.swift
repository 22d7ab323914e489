import HubWire

/// One line of the answer to a stream of envelopes.
enum ResultLine: Sendable {
  case accepted(PublishReceipt)
  /// One room of a line.
  case refused(Refusal)
  /// A whole line, which has no other result.
  case refusedLine(Refusal)
  /// The stream; no line is answered.
  case refusedStream(Refusal)
  /// What the hub counted, after the last result.
  case report
}

/// Cuts the answer to a stream of envelopes into its lines. A pure value.
struct ResultLines {
  private var rest: [UInt8] = []

  /// No line of a hub is longer.
  private static let maximumLine = 1 << 20

  /// - Returns: the lines that are complete with `part`.
  /// - Throws: where it is not what a hub says.
  mutating func take(_ part: Span<UInt8>) throws(HubError) -> [ResultLine] {
    var lines: [ResultLine] = []
    var start = 0
    for index in part.indices where part[index] == UInt8(ascii: "\n") {
      rest.append(part.extracting(start..<index))
      start = index + 1
      lines.append(try Self.read(rest))
      rest = []
    }
    rest.append(part.extracting(start..<part.count))
    guard rest.count <= Self.maximumLine else {
      throw HubError(.invalidRequest, "a result is longer than \(Self.maximumLine) bytes")
    }
    return lines
  }

  private static func read(_ line: [UInt8]) throws(HubError) -> ResultLine {
    let object = try JSONObject(parsing: line)
    if try object.present("accepted") != nil { return .report }
    // A problem document has a status, a receipt a room.
    if let status = try object.integer("status", in: 100...599) {
      let refusal = Refusal(status: Int(status), body: line)
      return switch try object.string("scope").flatMap(ProblemScope.init(rawValue:)) {
      case .line: .refusedLine(refusal)
      case .stream: .refusedStream(refusal)
      case nil: .refused(refusal)
      }
    }
    return .accepted(try PublishReceipt(line))
  }
}
