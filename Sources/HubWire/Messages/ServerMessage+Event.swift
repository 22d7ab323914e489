extension ServerMessage {
  /// The `event` frame, whole: its exact size is counted first, so it is one allocation.
  ///
  /// - Parameters:
  ///   - position: nil for an ephemeral event, which has neither `offset` nor `position`.
  ///   - user: who published it, where a client did.
  ///   - trace: the W3C `traceparent` of the call that caused it, where the hub is set to tell.
  package static func eventFrame(
    room: RoomName, position: Position?, name: EventName, data: EventData, time: Int64, user: String?,
    trace: String? = nil
  ) -> EventFrame {
    let event = EventBody(
      room: room, position: position, name: name, data: data, time: time, user: user, trace: trace)
    return event.frame()
  }

  /// The `event` frame of what is sent to every connection of one user, which belongs to no room.
  package static func userEventFrame(
    user: String, name: EventName, data: EventData, time: Int64, trace: String? = nil
  ) -> EventFrame {
    let event = EventBody(room: nil, position: nil, name: name, data: data, time: time, user: user, trace: trace)
    return event.frame()
  }
}

/// The fields of an `event` frame, and their order.
private struct EventBody {
  let room: RoomName?
  let position: Position?
  let name: EventName
  let data: EventData
  let time: Int64
  let user: String?
  let trace: String?

  @inline(__always)
  func frame() -> EventFrame {
    var counter = JSONCounter()
    write(to: &counter)
    let payload = counter.count
    let header = WebSocketFrame.headerLength(for: payload)
    let bytes = [UInt8](capacity: header &+ payload) { output in
      WebSocketFrame.writeHeader(.text, payloadCount: payload, to: &output)
      write(to: &output)
      precondition(output.freeCapacity == 0, "the counter and the writer disagree")
    }
    return EventFrame(bytes: bytes, headerLength: header)
  }

  @inline(__always)
  private func write(to sink: inout some JSONSink & ~Copyable & ~Escapable) {
    if let room {
      sink.put("{\"type\":\"event\",\"room\":")
      sink.put(plain: room.text)
    } else {
      sink.put("{\"type\":\"event\"")
      if let user { put(user: user, to: &sink) }
    }
    if let position {
      sink.put(",\"offset\":")
      sink.put(decimal: position.offset)
      sink.put(",\"position\":")
      sink.put(position)
    }
    sink.put(",\"event\":")
    sink.put(string: name.text)
    switch data {
    case .json(let text):
      sink.put(",\"data\":")
      sink.put(text.span)
    case .base64(let text):
      sink.put(",\"dataBase64\":\"")
      sink.put(text.span)
      sink.put("\"")
    }
    sink.put(",\"time\":")
    sink.put(decimal: time)
    if room != nil, let user { put(user: user, to: &sink) }
    if let trace {
      sink.put(",\"trace\":")
      sink.put(string: trace)
    }
    sink.put("}")
  }

  @inline(__always)
  private func put(user: String, to sink: inout some JSONSink & ~Copyable & ~Escapable) {
    sink.put(",\"user\":")
    sink.put(string: user)
  }
}
