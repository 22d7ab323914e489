import CLinux
import Glibc

/// Reading: bytes into frames, frames into messages, messages into the account.
extension Generator {
  mutating func receive(_ connection: Place) {
    while true {
      let held = connection.pointee.held.count
      if held > 0 { memcpy(receiveBuffer, connection.pointee.held.bytes, held) }
      let got = connection.pointee.receive(receiveBuffer + held, receiveCapacity - held)
      if got <= 0 {
        if got < 0 && errno == EINTR { continue }
        if got == 0 || errno != EAGAIN { lose(connection, expected: connection.pointee.state == .closing) }
        return
      }
      let now = monotonicNow()
      counters.reads &+= 1
      if connection.pointee.role == .subscriber {
        counters.bytesRead &+= got
        lastDelivery = now
      }
      let count = held + got
      let used = take(connection, count, now)
      if connection.pointee.state == .closed { return }
      if held > 0 { connection.pointee.held.consume(held) }
      if used < count {
        connection.pointee.held.append(receiveBuffer + used, count: count - used)
      } else if held > 0 {
        connection.pointee.held.release()
      }
      // A read that did not fill the buffer emptied the socket; epoll tells again (level-triggered) of what came since.
      if got < receiveCapacity - held { return }
    }
  }

  /// Takes all that is whole in the receive buffer; returns the bytes used.
  private mutating func take(_ connection: Place, _ count: Int, _ now: UInt64) -> Int {
    var used = 0
    if connection.pointee.state == .handshake {
      used = takeHandshake(connection, receiveBuffer, count, now)
      if connection.pointee.state == .handshake || connection.pointee.state == .closed { return used }
    }
    switch connection.pointee.role {
    case .subscriber: return used + takeFrames(connection, receiveBuffer + used, count - used, now)
    case .publisher: return takeAnswers(connection, receiveBuffer, count, now)
    }
  }

  /// Takes whole frames (RFC 6455 section 5.2); returns the bytes used.
  private mutating func takeFrames(
    _ connection: Place, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ now: UInt64
  ) -> Int {
    var at = 0
    while count &- at >= 2 {
      let frame = bytes + at
      var header = 2
      var length = Int(frame[1])
      if length >= 126 {
        guard length < 128 else {
          breach(connection)
          return count
        }
        header = length == 126 ? 4 : 10
        if count &- at < header { return at }
        length = 0
        for place in 2..<header { length = length &<< 8 | Int(frame[place]) }
      }
      if frame[0] & 0x70 != 0 || length < 0 || length > receiveCapacity / 2 {
        breach(connection)
        return count
      }
      if count &- at &- header < length { return at }
      take(connection, opcode: frame[0] & 15, frame + header, length, now)
      if connection.pointee.state == .closed { return count }
      at &+= header &+ length
    }
    return at
  }

  @inline(__always)
  private mutating func take(
    _ connection: Place, opcode: UInt8, _ payload: UnsafeMutablePointer<UInt8>, _ length: Int, _ now: UInt64
  ) {
    if opcode < 8 && connection.pointee.state == .live {
      counters.frames &+= 1
      counters.frameBytes &+= length
      takeMessage(connection, payload, length, now)
    } else {
      takeOther(connection, opcode: opcode, UnsafeMutableBufferPointer(start: payload, count: length), now)
    }
  }

  /// Control frames, and what comes before the subscription stands.
  @inline(never)
  private mutating func takeOther(
    _ connection: Place, opcode: UInt8, _ payload: UnsafeMutableBufferPointer<UInt8>, _ now: UInt64
  ) {
    switch opcode {
    case 8:
      findings.closes += 1
      if connection.pointee.state == .closing { return lose(connection, expected: true) }
      if findings.disconnects == 0 {
        remark("closed by the server: \(String(decoding: payload.dropFirst(2), as: UTF8.self))")
      }
      connection.pointee.appendFrame(opcode: 8, UnsafeBufferPointer(rebasing: payload.prefix(2)))
      flush(connection)
      lose(connection, expected: false)
    case 9:
      findings.pings += 1
      connection.pointee.appendFrame(opcode: 10, UnsafeBufferPointer(payload))
      flush(connection)
    case 0..<8 where connection.pointee.state == .waiting:
      if find(payload.baseAddress!, payload.count, ready.baseAddress!, ready.count) != nil {
        becomeLive(connection, now)
      } else if refused == nil, find(payload.baseAddress!, payload.count, "\"type\":\"error\"") != nil {
        refused = RefusedAnswer(message: payload)
      }
    default: break
    }
  }

  private mutating func breach(_ connection: Place) {
    findings.protocolErrors += 1
    lose(connection, expected: false)
  }

  /// Finds the time and the sequence number behind the marker, which mostly stands where it stood in the message before.
  @inline(__always)
  private mutating func takeMessage(
    _ connection: Place, _ payload: UnsafeMutablePointer<UInt8>, _ length: Int, _ now: UInt64
  ) {
    let end = payload + length
    var at = payload + markerOffset
    if length <= markerOffset &+ marker.count || memcmp(at, marker.baseAddress!, marker.count) != 0 {
      guard let found = find(payload, length, marker.baseAddress!, marker.count) else {
        findings.unmarked &+= 1
        return
      }
      at = found
      markerOffset = at - payload
    }
    at += marker.count
    let time = Self.number(&at, end)
    while at < end && at.pointee &- UInt8(ascii: "0") > 9 { at += 1 }
    account(connection, time: time, sequence: Self.number(&at, end), now)
  }

  @inline(__always)
  private static func number(_ at: inout UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    while at < end {
      let digit = at.pointee &- UInt8(ascii: "0")
      if digit > 9 { break }
      value = value &* 10 &+ UInt64(digit)
      at += 1
    }
    return value
  }

  @inline(__always)
  private mutating func account(_ connection: Place, time: UInt64, sequence: UInt64, _ now: UInt64) {
    if time < oldestTime {
      findings.stale &+= 1
      return
    }
    counters.delivered &+= 1
    connection.pointee.received &+= 1
    if measured.contains(time) { deliveryTimes.add(now > time ? now &- time : 0) }
    switch connection.pointee.check.take(sequence) {
    case .inOrder: break
    case .skipped(let count): findings.gaps &+= Int(count)
    case .double: findings.doubles &+= 1
    case .tooOld: findings.tooOld &+= 1
    case .late:
      findings.reorders &+= 1
      findings.gaps &-= 1
    }
  }
}
