/// What the publisher of an event is told over HTTP, alone or as one result of many.
package struct PublishedAnswer {
  package let room: RoomName
  /// Nil for an ephemeral event, which has no place, and while the engine is away.
  package let position: Position?
  package let subscribers: Int
  package let duplicate: Bool
  /// The engine is away: whether the event waits for it, or is kept nowhere. Nil where the engine has it.
  package let queued: Bool?

  package init(room: RoomName, position: Position?, subscribers: Int, duplicate: Bool, queued: Bool? = nil) {
    self.room = room
    self.position = position
    self.subscribers = subscribers
    self.duplicate = duplicate
    self.queued = queued
  }

  /// The JSON object, in one allocation of its exact size.
  package func encode() -> [UInt8] {
    var counter = JSONCounter()
    write(to: &counter)
    return [UInt8](capacity: counter.count) { output in write(to: &output) }
  }

  @inline(__always)
  private func write(to sink: inout some JSONSink & ~Copyable & ~Escapable) {
    sink.put("{\"room\":")
    sink.put(plain: room.text)
    if let position {
      sink.put(",\"position\":")
      sink.put(position)
      sink.put(",\"offset\":")
      sink.put(decimal: position.offset)
    }
    sink.put(",\"subscribers\":")
    sink.put(decimal: Int64(subscribers))
    sink.put(duplicate ? ",\"duplicate\":true" : ",\"duplicate\":false")
    if let queued { sink.put(queued ? ",\"queued\":true" : ",\"queued\":false") }
    sink.put("}")
  }
}
