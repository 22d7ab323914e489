public import HubWire

/// What the hub says of an event that it has taken, or that it will hand on.
public struct PublishReceipt: Sendable {
  /// The room it was published into.
  public let room: String
  /// Where it stands; nil for an ephemeral event, and where ``isQueued`` is not nil.
  public let position: Position?
  /// Subscriptions to the room on the node that took it, then.
  public let subscribers: Int
  /// Whether an earlier request with the same key had published it already.
  public let isDuplicate: Bool
  /// Nil where the hub has the event for good. Else what it is kept in is away: true where it waits on the node that took
  /// it, to be sent on; false where that node's subscribers alone have got it, and it is kept nowhere.
  public let isQueued: Bool?
  /// The answer as it came.
  public let json: [UInt8]

  /// - Throws: where it is not what a hub answers.
  init(_ json: [UInt8]) throws(HubError) {
    let object = try JSONObject(parsing: json)
    room = try object.requiredString("room")
    let position = try object.string("position")
    self.position = try position.map { text throws(HubError) in try Position(text) }
    subscribers = Int(try object.integer("subscribers", in: 0...Int64(Int32.max)) ?? 0)
    isDuplicate = try object.bool("duplicate") ?? false
    isQueued = try object.bool("queued")
    self.json = json
  }
}
