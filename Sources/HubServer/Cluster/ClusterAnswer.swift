import HubRooms
import HubWire

/// Makes one answer of those of several nodes. A pure value.
struct ClusterAnswer {
  let own: [UInt8]
  let others: [[UInt8]]
  /// Nodes that are not in it.
  let missing: [String]

  /// - Throws: `INTERNAL` where an answer is not what a node says.
  func merged(_ endpoint: Endpoint, _ question: NodeQuestion) throws(HubError) -> [UInt8] {
    do throws(HubError) {
      switch endpoint {
      case .rooms: return try rooms(limit: Self.limit(question))
      case .room: return try sum(of: "subscribers", between: ["room"], and: ["members", "position", "history"])
      case .userConnections where question.method == .delete:
        return try sum(of: "closed", between: ["user"], and: ["revoked"])
      case .userEvents: return try sum(of: "connections", between: ["user"], and: [])
      default: return try connections(limit: Self.limit(question))
      }
    } catch {
      throw HubError(.internal, "the answers of the nodes do not fit together: \(error.detail)")
    }
  }

  private static func limit(_ question: NodeQuestion) throws(HubError) -> Int {
    try HTTPQuery(question.query).pageLimit
  }

  /// This node's answer with a number in it that adds up over all of them.
  private func sum(
    of count: StaticString, between before: [StaticString], and after: [StaticString]
  ) throws(HubError) -> [UInt8] {
    var total: Int64 = 0
    for body in [own] + others {
      total += try JSONObject(parsing: body).integer(count, in: 0...Int64(Int32.max)) ?? 0
    }
    let object = try JSONObject(parsing: own)
    var json = JSONWriter(capacity: own.count + 64)
    json.beginObject()
    try json.copy(before, of: object)
    json.member(count, total)
    try json.copy(after, of: object)
    end(&json)
    return json.bytes
  }

  // MARK: Pages

  /// A page of each node makes one of all: what comes first here comes first there.
  private func rooms(limit: Int) throws(HubError) -> [UInt8] {
    var rooms: [String: ListedRoom] = [:]
    var hasMore = false
    for body in [own] + others {
      let page = try JSONObject(parsing: body)
      for room in try page.elements("rooms", maximum: limit) {
        let room = try ListedRoom(room)
        if rooms[room.name]?.add(room) == nil { rooms[room.name] = room }
      }
      if try page.present("cursor") != nil { hasMore = true }
    }
    let sorted = rooms.values.sorted { $0.name < $1.name }
    let page = sorted.prefix(limit)
    var json = JSONWriter(capacity: 64 + 192 * page.count)
    json.beginObject()
    json.key("rooms")
    json.beginArray()
    for room in page { try room.write(to: &json) }
    json.endArray()
    if hasMore || sorted.count > limit, let last = page.last { json.member("cursor", last.name) }
    end(&json)
    return json.bytes
  }

  private func connections(limit: Int) throws(HubError) -> [UInt8] {
    var streams: [(id: String, entry: JSONValue)] = []
    var hasMore = false
    for body in [own] + others {
      let page = try JSONObject(parsing: body)
      for entry in try page.elements("connections", maximum: limit) {
        streams.append((try JSONObject(entry).requiredString("connection"), entry))
      }
      if try page.present("cursor") != nil { hasMore = true }
    }
    streams.sort { $0.id < $1.id }
    let page = streams.prefix(limit)
    var json = JSONWriter(capacity: 64 + 224 * page.count)
    json.beginObject()
    json.key("connections")
    json.beginArray()
    for stream in page { json.raw(stream.entry.raw) }
    json.endArray()
    if hasMore || streams.count > limit, let last = page.last { json.member("cursor", last.id) }
    end(&json)
    return json.bytes
  }

  private func end(_ json: inout JSONWriter) {
    if !missing.isEmpty {
      json.key("missing")
      json.array(missing) { $0.string($1) }
    }
    json.endObject()
  }
}

/// A room as some nodes list it.
private struct ListedRoom {
  let name: String
  private var subscribers: Int64
  private var position: Position
  /// What says the rest of it.
  private var newest: JSONObject

  init(_ value: JSONValue) throws(HubError) {
    newest = try JSONObject(value)
    name = try newest.requiredString("room")
    subscribers = try newest.integer("subscribers", in: 0...Int64(Int32.max)) ?? 0
    position = try Position(newest.requiredString("position"))
  }

  /// Subscribers add up; all else is told by whoever has heard of the room last.
  mutating func add(_ other: ListedRoom) {
    subscribers += other.subscribers
    guard other.position.epoch == position.epoch, other.position.offset > position.offset else { return }
    position = other.position
    newest = other.newest
  }

  func write(to json: inout JSONWriter) throws(HubError) {
    json.beginObject()
    json.member("room", name)
    json.member("subscribers", subscribers)
    try json.copy(["members", "position", "history"], of: newest)
    json.endObject()
  }
}

extension JSONObject {
  fileprivate func elements(_ name: StaticString, maximum: Int) throws(HubError) -> [JSONValue] {
    guard let array = try present(name) else { throw HubError(.invalidRequest, "`\(name)` is missing") }
    return try JSONArray(array, maximum: maximum, name: "\(name)").elements
  }
}

extension JSONWriter {
  /// Members as they stand in another object, if they do.
  fileprivate mutating func copy(_ names: [StaticString], of object: JSONObject) throws(HubError) {
    for name in names {
      guard let value = try object.value(name) else { continue }
      key(name)
      raw(value.raw)
    }
  }
}
