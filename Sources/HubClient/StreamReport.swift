public import HubWire

/// What became of a stream of envelopes, told by the hub at its end.
public struct StreamReport: Sendable {
  /// A line that was not published.
  public struct Failure: Sendable {
    /// Counted from 1.
    public let line: Int
    public let refusal: Refusal
  }

  /// Events that the hub has taken.
  public let accepted: Int
  /// Events that it refused.
  public let failed: Int
  /// The first hundred of them.
  public let errors: [Failure]
  /// Where the first hundred rooms stood after their last event.
  public let last: [String: Position]
  /// The report as it came.
  public let json: [UInt8]

  private static let anyCount: ClosedRange<Int64> = 0...Int64(1) << 53

  /// - Parameter last: from the results before it.
  /// - Returns: nil where the line is one event's result.
  /// - Throws: where it is not what a hub says.
  init?(_ json: [UInt8], last: [String: Position]) throws(HubError) {
    let object = try JSONObject(parsing: json)
    guard let accepted = try object.integer("accepted", in: Self.anyCount) else { return nil }
    self.accepted = Int(accepted)
    failed = Int(try object.integer("failed", in: Self.anyCount) ?? 0)
    errors = try Self.failures(object)
    self.last = last
    self.json = json
  }

  private static func failures(_ object: JSONObject) throws(HubError) -> [Failure] {
    guard let list = try object.present("errors") else { return [] }
    var failures: [Failure] = []
    for element in try JSONArray(list, maximum: 1_000, name: "errors").elements {
      let error = try JSONObject(element)
      let refusal = Refusal(
        code: try error.requiredString("code"), detail: try error.string("detail") ?? "",
        isTemporary: try error.bool("temporary") ?? false)
      failures.append(Failure(line: Int(try error.integer("line", in: anyCount) ?? 0), refusal: refusal))
    }
    return failures
  }
}

/// How far a stream of envelopes has come.
public struct StreamProgress: Sendable, Equatable {
  /// Events that the hub has taken.
  public var accepted = 0
  /// Events that it refused.
  public var failed = 0
}
