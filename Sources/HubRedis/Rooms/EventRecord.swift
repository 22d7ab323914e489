import HubRooms
import HubWire

/// An event as it stands in a room's stream and travels to the nodes.
///
/// One line of text, then the bytes that it measures: `TIME EXCLUDED NAME USER TRACE KIND`, each a length but for the time
/// (milliseconds since 1970), the excluded connection (`-` for none) and the kind of data, `j` or `b`; a length is `-`
/// where there is nothing.
enum EventRecord {
  static func encode(_ event: NewEvent, time: Int64) -> [UInt8] {
    let name = event.name.text.utf8
    var head = "\(time) \(event.excluded?.description ?? "-") \(name.count)"
    head += " " + (event.user.map { "\($0.utf8.count)" } ?? "-")
    head += " " + (event.trace.map { "\($0.utf8.count)" } ?? "-")
    let data: [UInt8]
    switch event.data {
    case .json(let text):
      head += " j\n"
      data = text
    case .base64(let text):
      head += " b\n"
      data = text
    }
    var record: [UInt8] = []
    record.reserveCapacity(
      head.utf8.count + name.count + (event.user?.utf8.count ?? 0) + (event.trace?.utf8.count ?? 0) + data.count)
    record += head.utf8
    record += name
    if let user = event.user { record += user.utf8 }
    if let trace = event.trace { record += trace.utf8 }
    record += data
    return record
  }

  /// Nil for what no node has written.
  static func decode(_ record: ArraySlice<UInt8>, isEphemeral: Bool = false) -> (event: NewEvent, time: Int64)? {
    guard let end = record.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let head = record[..<end].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard head.count == 6, let time = Int64(text(head[0])), let name = Int(text(head[2])) else { return nil }
    var rest = record[(end + 1)...]
    func take(_ count: Int) -> String? {
      guard count >= 0, count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return text(rest.prefix(count))
    }
    /// The outer nil is a mistake.
    func take(_ length: ArraySlice<UInt8>) -> String?? {
      if length.elementsEqual("-".utf8) { return .some(nil) }
      return Int(text(length)).flatMap(take).map { .some($0) }
    }
    guard let eventName = take(name).flatMap({ try? EventName($0) }) else { return nil }
    guard let user = take(head[3]), let trace = take(head[4]) else { return nil }
    let isExcluding = !head[1].elementsEqual("-".utf8)
    let excluded = isExcluding ? ConnectionID(text(head[1])) : nil
    if isExcluding, excluded == nil { return nil }
    let data: EventData
    switch head[5].first {
    case UInt8(ascii: "j"): data = .json(Array(rest))
    case UInt8(ascii: "b"): data = .base64(Array(rest))
    default: return nil
    }
    let event = NewEvent(
      name: eventName, data: data, user: user, excluded: excluded, isEphemeral: isEphemeral, trace: trace)
    return (event, time)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
