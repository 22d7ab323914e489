import HubIO
public import HubWire

extension HubRoom {
  /// Who is there, as this client was told: in rooms that tell, while somebody iterates over the room. Where there are many
  /// it is the first of them and those who came since; ``membersPage(limit:after:)`` has the rest.
  public var members: [Member] {
    get async { await hub.link.members(of: name) }
  }

  /// Publishes into the room; see ``Roomcast/publish(_:to:event:key:isEphemeral:)-(String,_,_,_,_)``.
  @discardableResult
  public func publish(
    _ data: String, event: String? = nil, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    try await hub.publish(data, to: name, event: event, key: key, isEphemeral: isEphemeral)
  }

  /// Publishes into the room what is there as bytes of UTF-8; see
  /// ``Roomcast/publish(_:to:event:key:isEphemeral:)-([UInt8],_,_,_,_)``.
  @discardableResult
  public func publish(
    _ data: [UInt8], event: String? = nil, key: String? = nil, isEphemeral: Bool = false
  ) async throws(ClientError) -> PublishReceipt {
    try await hub.publish(data, to: name, event: event, key: key, isEphemeral: isEphemeral)
  }

  /// A page of what the hub keeps of the room, oldest first. Whether the room is listened to makes no difference.
  ///
  /// - Parameters:
  ///   - point: read on after it; nil for the newest events.
  ///   - limit: how many at most, 1 to 1,000; a page ends after 4 MiB of events, too.
  /// - Throws: `INVALID_REQUEST` for another limit, and whatever else the hub refuses it with; where it cannot be reached.
  public func history(after point: ResumePoint? = nil, limit: Int = 100) async throws(ClientError) -> HistoryPage {
    let range = point.map { "after=\($0.text)&limit=\(limit)" } ?? "last=\(limit)"
    let answer = try await hub.publisher.ask(HubQuestion(get: "\(try path)/events?\(range)"))
    return try ClientError.ofBadAnswer { () throws(HubError) in try HistoryPage(answer.body) }
  }

  /// A page of who is in the room, in the order in which they came, by asking the hub.
  ///
  /// - Parameters:
  ///   - limit: how many at most, 1 to 1,000.
  ///   - cursor: ``MembersPage/cursor`` of the page before; nil for the first one.
  /// - Throws: `INVALID_REQUEST` for another limit, and whatever else the hub refuses it with; where it cannot be reached.
  public func membersPage(limit: Int = 100, after cursor: String? = nil) async throws(ClientError) -> MembersPage {
    let from = cursor.map { "&cursor=\(PercentEncoding.encode($0))" } ?? ""
    let answer = try await hub.publisher.ask(HubQuestion(get: "\(try path)/members?limit=\(limit)\(from)"))
    return try ClientError.ofBadAnswer { () throws(HubError) in try MembersPage(answer.body) }
  }

  private var path: String {
    get throws(ClientError) { "/v1/rooms/\(PercentEncoding.encode(try wish.name.text))" }
  }
}
