package import HubWire

/// Reads the whole history of rooms over REST, page by page, one room after another.
package final class SimulatedHistoryReader: SimulatedClient {
  private var parser = HTTPResponseParser()
  private var status = 0
  private var body: [UInt8] = []
  private var remaining: [String]
  private let pageSize: Int
  /// Where the next page begins.
  private var after = "earliest"

  /// What was read of each room.
  package private(set) var events: [String: [(position: Position, data: String)]] = [:]
  package private(set) var problems: [String] = []
  /// A refusal came: the page is to be asked for again.
  package private(set) var mustAskAgain = false

  package init(name: String, rooms: [String], pageSize: Int) {
    remaining = rooms
    self.pageSize = pageSize
    super.init(name: name)
  }

  package var isDone: Bool { remaining.isEmpty }

  package func open(_ link: SimulatedLink) {
    connect(link)
    parser = HTTPResponseParser()
    body = []
    ask()
  }

  package func ask() {
    mustAskAgain = false
    guard let room = remaining.first else { return }
    send(
      Array(
        "GET /v1/rooms/\(room)/events?after=\(after)&limit=\(pageSize) HTTP/1.1\r\nHost: localhost\r\n\(authorization)\r\n"
          .utf8))
  }

  package override func received(_ bytes: [UInt8]) {
    var index = 0
    do {
      while let event = try parser.next(bytes.span, at: &index) {
        switch event {
        case .head(let head): status = head.status
        case .body(let range): body += bytes[range]
        case .end:
          try take(body)
          body = []
        }
      }
    } catch {
      note("\(error)")
    }
  }

  private func take(_ body: [UInt8]) throws {
    guard let room = remaining.first else { return note("a page that nobody asked for") }
    guard status == 200 else {
      if status == 503 { mustAskAgain = true } else { note("\(status) \(String(decoding: body, as: UTF8.self))") }
      return
    }
    let page = try JSONObject(parsing: body)
    let elements = try page.value("events").map { try JSONArray($0, maximum: 1_000, name: "events").elements } ?? []
    for element in elements {
      let event = try JSONObject(element)
      guard let position = try event.value("position")?.string, let data = try event.value("data") else {
        note("an event of \(room) without a position or data")
        continue
      }
      events[room, default: []].append((try Position(position), String(decoding: data.raw, as: UTF8.self)))
    }
    if try page.bool("recovered") != true { note("\(room): not recovered after \(after)") }
    let hasMore = try page.bool("more") ?? false
    if hasMore, elements.isEmpty { note("\(room): an empty page after \(after), and more to come") }
    after = hasMore ? try page.requiredString("position") : "earliest"
    if !hasMore { remaining.removeFirst() }
    ask()
  }

  private func note(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
