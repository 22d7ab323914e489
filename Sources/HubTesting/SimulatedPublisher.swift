package import HubWire

/// A backend service that posts events over one connection, one after another, each with an idempotency key; where the
/// connection breaks, it posts the unanswered one again.
package final class SimulatedPublisher: SimulatedClient {
  /// An event, and the answer to it.
  package struct Post: Sendable {
    package let room: String
    package let data: String
    package let exclude: String?
    package let isEphemeral: Bool

    package init(room: String, data: String, exclude: String? = nil, isEphemeral: Bool = false) {
      self.room = room
      self.data = data
      self.exclude = exclude
      self.isEphemeral = isEphemeral
    }
  }

  private var parser = HTTPResponseParser(method: .post)
  private var body: [UInt8] = []
  private var status = 0
  private var waiting: Post?
  private var number = 0
  package private(set) var problems: [String] = []
  package private(set) var refusals = 0
  /// Told of each answer: the position, and whether the event had been taken before.
  package var answered: ((Post, Position?, Bool) -> Void)?

  /// An answer is awaited.
  package var isWaiting: Bool { waiting != nil }

  package func open(_ link: SimulatedLink) {
    connect(link)
    parser = HTTPResponseParser(method: .post)
    body = []
    if let waiting { write(waiting) }
  }

  package func post(_ post: Post) {
    waiting = post
    number += 1
    if isConnected { write(post) }
  }

  private func write(_ post: Post) {
    var query: [String] = []
    if let exclude = post.exclude { query.append("exclude=\(exclude)") }
    if post.isEphemeral { query.append("ephemeral=true") }
    let target = "/v1/rooms/\(post.room)/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    send(
      Array(
        """
        POST \(target) HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: \(name)-\(number)\r\n\
        Content-Length: \(post.data.utf8.count)\r\n\r\n\(post.data)
        """.utf8))
  }

  package override func received(_ bytes: [UInt8]) {
    var index = 0
    do {
      while let event = try parser.next(bytes.span, at: &index) {
        switch event {
        case .head(let head): status = head.status
        case .body(let range): body += bytes[range]
        case .end:
          answer()
          body = []
        }
      }
    } catch {
      note("\(error)")
    }
  }

  private func answer() {
    guard let post = waiting else { return note("an answer to nothing") }
    waiting = nil
    guard status == 201 else {
      refusals += 1
      if status != 503 { note("\(status) \(String(decoding: body, as: UTF8.self))") }
      waiting = post
      if isConnected { write(post) }
      return
    }
    do {
      let object = try JSONObject(parsing: body)
      let position = try object.value("position")?.string.map { try Position($0) }
      answered?(post, position, try object.value("duplicate")?.bool ?? false)
    } catch {
      note("\(error)")
    }
  }

  private func note(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
