public import HubRooms
public import HubWire

/// Rules for the rooms of some namespaces: a room's namespace is what stands before the first colon of its name.
public struct NamespaceSettings: Sendable, Hashable {
  /// A namespace, or with one trailing `*` all whose names begin so; the most exact entry counts.
  public var name: RoomPattern
  /// Whether those may subscribe who come without a credential. Default: false.
  public var anonymous = false
  /// What its rooms keep, where it is not what all rooms keep.
  public var history = NamespaceHistorySettings()
  /// Whether its rooms tell who is there. Default: false.
  public var presence = false
  /// Who may publish into its rooms. Default: granted.
  public var publish = PublishRight.granted
  /// What becomes of subscribers that do not keep up. Default: catch-up.
  public var slow = SlowPolicy.catchUp
  /// Whether a new subscriber gets a room's latest event at once. Default: false.
  public var lastValue = false
  /// Whether nothing that is published is kept. Default: false.
  public var ephemeral = false
  /// Who is told of its rooms. Default: nobody.
  public var webhooks: NamespaceWebhookSettings?
  /// Who decides for its rooms. Default: nobody.
  public var backend: NamespaceBackendSettings?

  /// What the data of events must look like, by the event's name; `*` is for events that are not named. Default: none.
  public var schemas: [String: JSONSchema] = [:]

  public init(name: RoomPattern, anonymous: Bool = false) {
    self.name = name
    self.anonymous = anonymous
  }
}

/// What rooms of a namespace keep; nil where the namespace says nothing.
public struct NamespaceHistorySettings: Sendable, Hashable {
  /// Number of events, 1 to 100,000,000.
  public var events: Int?
  /// Age of the oldest event, 1 second to 3,650 days.
  public var age: Duration?
  /// Bytes, 1 KiB to 1 TiB.
  public var bytes: Int?

  public init() {}
}

/// Who may publish into a room.
public enum PublishRight: String, Sendable, CaseIterable {
  /// Whoever has a key or token that allows it.
  case granted
  /// Those, and every user whose token allows to read the room.
  case readers
  /// Backend services alone: no token, whatever it says.
  case services
}
