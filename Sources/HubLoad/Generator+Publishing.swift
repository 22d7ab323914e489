import CLinux
import Glibc

/// Publishing over keep-alive HTTP, and the answers.
extension Generator {
  /// Publishes what is due. When to look again, for the open loop.
  mutating func publishDue(_ now: UInt64) -> UInt64 {
    var next = UInt64.max
    if options.publishRate > 0 {
      next = publishScheduled(now)
    } else if options.mode == .http {
      while publish(now) {}
    } else if options.mode == .fill {
      publishUntilFull(now)
    } else if options.mode == .fanout {
      publishWindow(now)
    }
    for connection in listed {
      connection.pointee.isListed = false
      if connection.pointee.state == .live && !connection.pointee.wantsWriting { flush(connection) }
    }
    listed.removeAll(keepingCapacity: true)
    return next
  }

  private mutating func publishScheduled(_ now: UInt64) -> UInt64 {
    while true {
      let due = scheduleStart + UInt64(Double(scheduled) * 1e9 / options.publishRate)
      if due > now { return due }
      guard publish(due) else {
        findings.lateSends += 1
        return now + 200_000
      }
      scheduled += 1
    }
  }

  private mutating func publishUntilFull(_ now: UInt64) {
    for room in 0..<options.rooms {
      while rooms[room].published < options.messages, let publisher = freePublisher(for: room) {
        publish(now, into: room, by: publisher)
      }
    }
  }

  private mutating func publishWindow(_ now: UInt64) {
    let subscribersARoom = max(1, options.subscribers / options.rooms)
    while counters.expected < counters.delivered + writtenOff + options.window * subscribersARoom {
      guard publish(monotonicNow()) else { break }
    }
    let owed = counters.expected - counters.delivered
    if owed > writtenOff && now > lastDelivery && now - lastDelivery > 1_000_000_000 {
      findings.stalls += 1
      writtenOff = owed
      lastDelivery = now
    }
  }

  /// Where there are at least as many rooms as publishers, a room keeps to one publisher, so that its order can be checked.
  private mutating func freePublisher(for room: Int) -> Place? {
    let first = connections.baseAddress! + options.subscribers
    let count = options.publishConnections
    if options.ordersAreDefined {
      let publisher = first + room % count
      return isFree(publisher) ? publisher : nil
    }
    for step in 0..<count {
      let index = (nextPublisher + step) % count
      if isFree(first + index) {
        nextPublisher = (index + 1) % count
        return first + index
      }
    }
    return nil
  }

  private func isFree(_ publisher: Place) -> Bool {
    publisher.pointee.state == .live && publisher.pointee.inFlight < options.publishInFlight
  }

  /// Publishes one message into the next room. The closed loop takes another room when that room's publisher is busy.
  private mutating func publish(_ time: UInt64) -> Bool {
    var room = nextRoom
    var chosen = freePublisher(for: room)
    if chosen == nil && options.publishRate == 0 && options.ordersAreDefined {
      for step in 1..<max(2, min(options.publishConnections, options.rooms)) where chosen == nil {
        room = (nextRoom + step) % options.rooms
        chosen = freePublisher(for: room)
      }
    }
    guard let publisher = chosen else { return false }
    nextRoom = (room + 1) % options.rooms
    publish(time, into: room, by: publisher)
    return true
  }

  private mutating func publish(_ time: UInt64, into room: Int, by publisher: Place) {
    let values = Template.Values(
      time: time, sequence: rooms[room].sequence, room: UInt64(room), connection: UInt64(publisher.pointee.index))
    requests.write(values, to: &publisher.pointee.output)
    let slot = (publisher.pointee.firstInFlight + publisher.pointee.inFlight) % options.publishInFlight
    publisher.pointee.sentAt![slot] = time
    publisher.pointee.inFlight += 1
    let tally = self.room(room)
    tally.pointee.sequence += 1
    tally.pointee.published += 1
    counters.published += 1
    counters.expected += tally.pointee.live
    if !publisher.pointee.isListed {
      publisher.pointee.isListed = true
      listed.append(publisher)
    }
  }

  /// Takes whole HTTP answers; returns the bytes used.
  mutating func takeAnswers(
    _ connection: Place, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ now: UInt64
  ) -> Int {
    var at = 0
    while true {
      switch connection.pointee.answers.next(bytes, count, &at) {
      case .more: return at
      case .head(let status):
        if !(200..<300).contains(status) { refused(status, bytes + at, count - at) }
      case .end:
        guard connection.pointee.inFlight > 0 else {
          findings.protocolErrors += 1
          lose(connection, expected: false)
          return count
        }
        let sent = connection.pointee.sentAt![connection.pointee.firstInFlight]
        connection.pointee.firstInFlight = (connection.pointee.firstInFlight + 1) % options.publishInFlight
        connection.pointee.inFlight -= 1
        counters.acknowledged += 1
        if measured.contains(sent) { publishTimes.add(now > sent ? now - sent : 0) }
      }
    }
  }

  private mutating func refused(_ status: Int, _ body: UnsafeMutablePointer<UInt8>, _ count: Int) {
    if findings.refusedPublishes == 0 {
      remark("a publish was answered with \(status)")
      refused = refused ?? RefusedAnswer(publish: status, body, count)
    }
    findings.refusedPublishes += 1
  }
}
