package import HubWire

/// What a checked credential allows, and whom it stands for.
///
/// One object a credential, shared by every connection that came with it: a connection holds a reference.
package final class Grant: Sendable {
  /// What a grant rests on, so that it can end with it.
  package enum Source: Hashable, Sendable {
    /// Nothing is configured, and everybody is let in.
    case open
    /// No credential, where a namespace lets anyone read.
    case anonymous
    /// An API key, by the SHA-256 of its text in hexadecimal digits.
    case key(String)
    /// A token, by what tells the key that signed it from every other.
    case token(String)
    /// A verified client certificate, by its common name.
    case certificate(String)
  }

  /// What this grant rests on.
  package let source: Source
  /// Whose idempotency keys are one: the user of a token; empty for API keys, certificates and the open hub.
  package let principal: String
  /// The user whom a token names.
  package let user: String?
  /// From when on the credential is refused, in seconds since 1970, the leeway included; nil for never.
  package let expires: Int64?
  /// When a token says that it was issued, in seconds since 1970.
  package let issued: Int64?
  /// What the server subscribes a token's client to at once.
  package let rooms: [RoomName]
  /// Whether rooms, connections and users may be managed.
  package let isAdmin: Bool
  private let publish: [RoomPattern]
  private let read: [RoomPattern]
  /// Where the user may be seen.
  private let presence: [RoomPattern]
  // Looked at for every request: most keys are for all rooms.
  private let publishesEverywhere: Bool
  private let readsEverywhere: Bool
  /// What holds for everybody.
  private let namespaces: NamespaceBook

  init(
    source: Source, user: String? = nil, expires: Int64? = nil, issued: Int64? = nil, rooms: [RoomName] = [],
    isAdmin: Bool = false, publish: [RoomPattern] = [], read: [RoomPattern] = [], presence: [RoomPattern] = [],
    namespaces: NamespaceBook = .none
  ) {
    self.source = source
    self.user = user
    self.principal = user ?? ""
    self.expires = expires
    self.issued = issued
    self.rooms = rooms
    self.isAdmin = isAdmin
    self.publish = publish
    self.read = read
    self.presence = presence
    publishesEverywhere = publish.contains(.all)
    readsEverywhere = read.contains(.all)
    self.namespaces = namespaces
  }

  /// Everything, for everybody: where no credentials are configured.
  package static let open = Grant(source: .open, isAdmin: true, publish: [.all], read: [.all])

  /// Nothing: until a request has been looked at.
  package static let none = Grant(source: .anonymous)

  /// Reading the rooms of some namespaces, for those who come without a credential.
  package static func anonymous(namespaces: NamespaceBook) -> Grant {
    Grant(source: .anonymous, namespaces: namespaces)
  }

  /// The same with what holds for everybody now; the same object where that is the same.
  func with(namespaces: NamespaceBook) -> Grant {
    if namespaces.isSame(as: self.namespaces) { return self }
    return Grant(
      source: source, user: user, expires: expires, issued: issued, rooms: rooms, isAdmin: isAdmin, publish: publish,
      read: read, presence: presence, namespaces: namespaces)
  }

  /// Whether events may be posted into the room.
  package func mayPublish(_ room: RoomName) -> Bool {
    switch publishRight(room) {
    case .services: return false
    case .readers where mayReadItself(room): return true
    case .readers, .granted: return publishesEverywhere || publish.contains { $0.matches(room) }
    }
  }

  /// What the room's namespace says of the bearer of a token; a backend service needs nothing but its own rights.
  func publishRight(_ room: RoomName) -> PublishRight {
    if case .token = source { namespaces.publishRight(room) } else { .granted }
  }

  /// Whether events may be sent to users: by backend services that may publish into all rooms.
  package var mayPublishEverywhere: Bool {
    if case .token = source { false } else { publishesEverywhere }
  }

  /// Whether the user may be seen in the room.
  package func mayBePresent(_ room: RoomName) -> Bool {
    user != nil && presence.contains { $0.matches(room) }
  }

  /// Whether the room may be subscribed to and its history read.
  package func mayRead(_ room: RoomName) -> Bool {
    mayReadItself(room) || namespaces.isAnonymous(room)
  }

  /// The same without what anyone may.
  private func mayReadItself(_ room: RoomName) -> Bool {
    readsEverywhere || read.contains { $0.matches(room) }
  }
}
