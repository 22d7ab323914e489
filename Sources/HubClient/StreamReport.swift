public import HubWire

/// What became of a stream of envelopes, over all its connections.
public struct StreamReport: Sendable {
  /// A line that was not published.
  public struct Failure: Sendable {
    /// Counted from 1.
    public let line: Int
    /// Why.
    public let refusal: Refusal
  }

  /// Events that the hub has taken.
  public internal(set) var accepted = 0
  /// Those of them that wait on the node that took them, while what they would be kept in is away
  /// (``PublishReceipt/isQueued``).
  public internal(set) var queued = 0
  /// Those of them that the subscribers of that node alone got, for the same reason; they are kept nowhere.
  public internal(set) var local = 0
  /// Events that it refused.
  public internal(set) var failed = 0
  /// The first hundred of them.
  public internal(set) var errors: [Failure] = []
  /// Where the first hundred rooms stood after their last event.
  public internal(set) var last: [String: Position] = [:]
  /// How many times lines were sent again, on another connection.
  public internal(set) var retries = 0

  private static let maximumErrors = 100
  private static let maximumRooms = 100

  init() {}

  mutating func note(_ receipt: PublishReceipt) {
    accepted += 1
    if let isQueued = receipt.isQueued { if isQueued { queued += 1 } else { local += 1 } }
    // One that is not kept says nothing of where the room stands.
    guard let position = receipt.position else { return }
    if last[receipt.room] != nil || last.count < Self.maximumRooms { last[receipt.room] = position }
  }

  mutating func note(_ refusal: Refusal, line: Int) {
    failed += 1
    if errors.count < Self.maximumErrors { errors.append(Failure(line: line, refusal: refusal)) }
  }
}

/// How far a stream of envelopes has come.
public struct StreamProgress: Sendable, Equatable {
  /// Events that the hub has taken.
  public var accepted = 0
  /// Events that it refused.
  public var failed = 0
  /// How many times lines were sent again, on another connection.
  public var retries = 0
  /// Why the lines that are not answered are about to be sent again; nil while all goes well.
  public var trouble: String?
}
