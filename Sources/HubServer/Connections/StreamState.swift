import HubIO
import HubRooms
import HubWire

/// What a connection holds once it is a stream: its name, its rooms, and how it is kept alive.
struct StreamState {
  let id: ConnectionID
  /// What is between frames of a WebSocket; nil for an event stream.
  var codec: WebSocketProtocol?
  /// In the order in which they were subscribed, but for turns of catching up. Few: a list is smaller than a table.
  var subscriptions: ContiguousArray<Subscription> = []
  var keepalive: Keepalive
  /// Who the client is.
  var authority: Authority
  /// The head of an event stream, or `welcome`, has been sent: what follows is events and answers.
  var hasHead = false
  /// A backend is being asked: the client waits, and not the hub for the client.
  var isAsking = false
  /// It is counted among its user's.
  var hasSeat = false
  /// The client was let in: it has shown who it is, or has begun to read without.
  var isIn = false
  /// Rooms of the URL that wait until the client has said who it is.
  var pending: [RoomSubscription] = []
  /// The peer has closed, with this code or none, behind messages that are still being handled.
  var closeAfterMessages: UInt16??
  /// How fast the client may talk; nil before its first message, and where nothing is limited.
  var rates: ClientRates?

  var isWebSocket: Bool { codec != nil }

  func subscription(to room: RoomName) -> Subscription? {
    subscriptions.first { $0.room == room }
  }

  /// - Throws: `CONFLICT` where the room is subscribed already, `TOO_MANY_ROOMS`.
  func checkSpace(for room: RoomName, maximum: Int) throws(HubError) {
    if subscription(to: room) != nil { throw Session.isSubscribed }
    if subscriptions.count >= maximum { throw Session.tooManyRooms(maximum) }
  }

  /// Puts a subscription last, so that the next one that has fallen behind gets its turn.
  mutating func rotate(_ subscription: Subscription) {
    guard subscriptions.count > 1, let index = subscriptions.firstIndex(where: { $0 === subscription }) else { return }
    subscriptions.remove(at: index)
    subscriptions.append(subscription)
  }

  /// - Returns: false where somebody else has taken it out already.
  mutating func remove(_ subscription: Subscription) -> Bool {
    guard let index = subscriptions.firstIndex(where: { $0 === subscription }) else { return false }
    subscriptions.remove(at: index)
    return true
  }

  mutating func remove(_ room: RoomName) -> Subscription? {
    guard let index = subscriptions.firstIndex(where: { $0.room == room }) else { return nil }
    return subscriptions.remove(at: index)
  }
}
