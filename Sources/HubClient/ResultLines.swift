import HubWire

/// Reads the results of a stream of envelopes, one a line, and the report at its end. A pure value.
struct ResultLines {
  private(set) var progress = StreamProgress()
  private(set) var report: StreamReport?
  /// The last refusal: where no report comes, it says why.
  private(set) var lastRefusal: Refusal?
  private var last: [String: Position] = [:]
  private var rest: [UInt8] = []

  /// No line of a hub is longer.
  private static let maximumLine = 1 << 20
  private static let maximumRooms = 100

  /// - Throws: where it is not what a hub says.
  mutating func take(_ part: Span<UInt8>) throws(HubError) {
    var start = 0
    for index in part.indices where part[index] == UInt8(ascii: "\n") {
      rest.append(part.extracting(start..<index))
      start = index + 1
      try endLine()
    }
    rest.append(part.extracting(start..<part.count))
    guard rest.count <= Self.maximumLine else {
      throw HubError(.invalidRequest, "a result is longer than \(Self.maximumLine) bytes")
    }
  }

  private mutating func endLine() throws(HubError) {
    let line = rest
    rest = []
    if let report = try StreamReport(line, last: last) {
      self.report = report
      return
    }
    // A problem document has a status, a receipt a room.
    let object = try JSONObject(parsing: line)
    if let status = try object.integer("status", in: 100...599) {
      lastRefusal = Refusal(status: Int(status), body: line)
      progress.failed += 1
    } else {
      let receipt = try PublishReceipt(line)
      progress.accepted += 1
      if last[receipt.room] != nil || last.count < Self.maximumRooms { last[receipt.room] = receipt.position }
    }
  }
}
