import HubRooms
import HubWire

/// Names in the order in which they came, each once: a pure value.
struct NameQueue {
  private var order: Queue<RoomName> = Queue()
  private var members: Set<RoomName> = []

  var isEmpty: Bool { order.isEmpty }

  mutating func add(_ name: RoomName) {
    if members.insert(name).inserted { order.append(name) }
  }

  /// The first names, `limit` at most.
  mutating func take(_ limit: Int) -> [RoomName] {
    var names: [RoomName] = []
    while names.count < limit, let name = order.first {
      order.removeFirst()
      members.remove(name)
      names.append(name)
    }
    return names
  }
}
