/// Reads an event stream as it arrives, in pieces of any size (WHATWG HTML, section 9.2.6).
///
/// Lines end with CR, LF, or both; a byte order mark may stand first. What stands behind the last empty line when the
/// stream ends is not an event.
package struct ServerSentEventParser: Sendable {
  /// Where to resume: the last `id` that an empty line has confirmed, with or without an event.
  package private(set) var lastEventID = ""
  /// How many milliseconds the hub wants a client to wait before it connects again.
  package private(set) var reconnectionTime: Int?

  private let maximumEvent: Int
  /// The line under way, without its end.
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var name = ""
  /// The last `id` line. It counts only once its event is complete: else a cut in the midst of one would skip it.
  private var id = ""
  /// The last line ended with CR: a LF that follows belongs to it.
  private var endedWithCR = false
  private var isFirstLine = true

  /// - Parameter maximumEvent: the most bytes of one line, and of one event's data.
  package init(maximumEvent: Int = 16 << 20) { self.maximumEvent = maximumEvent }

  /// Takes input from `index` on up to the end of an event, or all of it.
  ///
  /// - Returns: nil where more input is needed.
  /// - Throws: `PAYLOAD_TOO_LARGE`; the stream cannot be read on then.
  package mutating func next(
    _ input: Span<UInt8>, at index: inout Int
  ) throws(HubError) -> ServerSentEvent? {
    while index < input.count {
      if endedWithCR {
        endedWithCR = false
        if input[index] == 0x0A {
          index += 1
          continue
        }
      }
      let start = index
      while index < input.count, input[index] != 0x0A, input[index] != 0x0D { index &+= 1 }
      try checkLength(line.count + index - start)
      line.append(addingCapacity: index - start) { $0.put(input.extracting(start..<index)) }
      guard index < input.count else { return nil }
      endedWithCR = input[index] == 0x0D
      index += 1
      if let event = try endLine() { return event }
    }
    return nil
  }

  private mutating func endLine() throws(HubError) -> ServerSentEvent? {
    defer { line.removeAll(keepingCapacity: line.capacity <= 65_536) }
    if isFirstLine {
      isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    }
    guard !line.isEmpty else { return dispatch() }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    try take(field: String(decoding: line[..<colon], as: UTF8.self), value)
    return nil
  }

  /// Fields that are not known are ignored, and so is a comment, whose name is empty.
  private mutating func take(field: String, _ value: ArraySlice<UInt8>) throws(HubError) {
    switch field {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data":
      try checkLength(data.count + value.count)
      data.append(contentsOf: value)
      data.append(0x0A)
    case "id":
      if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
    case "retry":
      let isNumber = value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
      if isNumber, let time = Int(String(decoding: value, as: UTF8.self)) { reconnectionTime = time }
    default: break
    }
  }

  private mutating func dispatch() -> ServerSentEvent? {
    lastEventID = id
    defer {
      name = ""
      data = []
    }
    guard !data.isEmpty else { return nil }
    data.removeLast()
    return ServerSentEvent(id: lastEventID, name: name.isEmpty ? EventName.message.text : name, data: data)
  }

  private func checkLength(_ length: Int) throws(HubError) {
    guard length <= maximumEvent else {
      throw HubError(.payloadTooLarge, "an event of the stream is longer than \(maximumEvent) bytes")
    }
  }
}
