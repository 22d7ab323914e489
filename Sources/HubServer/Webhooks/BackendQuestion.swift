import HubRooms
import HubWire

/// What a backend is asked about a client. A pure value.
struct BackendQuestion: Sendable {
  enum Kind: Sendable {
    case connect
    case subscribe(RoomName)
    case publish(RoomName, EventName, EventData)
  }

  let kind: Kind
  /// The user whom the client's token names.
  let user: String?
  /// The client's connection; nil for one that publishes over HTTP.
  let connection: ConnectionID?
  /// Milliseconds since 1970.
  let time: Int64

  func encode(id: String, node: String) -> [UInt8] {
    JSONWriter.object(capacity: 256 + dataCount) { json in
      json.member("type", type)
      json.member("id", id)
      json.member("node", node)
      json.member("time", time)
      switch kind {
      case .connect: break
      case .subscribe(let room): json.member("room", room.text)
      case .publish(let room, let name, let data):
        json.member("room", room.text)
        json.member("event", name.text)
        switch data {
        case .json(let text): json.member("data", raw: text)
        case .base64(let text):
          json.key("dataBase64")
          json.string(text.span)
        }
      }
      if let user { json.member("user", user) }
      if let connection { json.member("connection", connection.description) }
    }
  }

  /// What an answer may be remembered by; nil where it counts for this one question alone.
  var cacheKey: DecisionCache.Key? {
    guard let user else { return nil }
    switch kind {
    case .connect: return DecisionCache.Key(user: user, room: nil)
    case .subscribe(let room): return DecisionCache.Key(user: user, room: room)
    case .publish: return nil
    }
  }

  private var type: String {
    switch kind {
    case .connect: "connect"
    case .subscribe: "subscribe"
    case .publish: "publish"
    }
  }

  private var dataCount: Int { if case .publish(_, _, let data) = kind { data.count } else { 0 } }
}
