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
    /// A key of an earlier post, which this one must not get; nil for a new key.
    package let usedKey: String?

    package init(
      room: String, data: String, exclude: String? = nil, isEphemeral: Bool = false, usedKey: String? = nil
    ) {
      self.room = room
      self.usedKey = usedKey
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
  /// The room and the key of the last post that was taken.
  package private(set) var lastTaken: (room: String, key: String)?
  /// Asked after each refusal whether to post the event again; nobody knows then whether it was taken.
  package var triesAgain: (Post) -> Bool = { _ in true }
  /// Asked each time before a refused event is posted again: whether there was time enough since.
  package var hasRested: () -> Bool = { true }
  /// The waiting event was refused, and is to be posted again.
  package private(set) var isResting = false
  /// Told of each answer: the position, and whether the event had been taken before.
  package var answered: ((Post, Position?, Bool) -> Void)?

  /// An answer is awaited.
  package var isWaiting: Bool { waiting != nil }

  package func open(_ link: SimulatedLink) {
    connect(link)
    parser = HTTPResponseParser(method: .post)
    body = []
    if let waiting, !isResting { write(waiting) }
  }

  package override func step(_ random: inout SeededRandom) -> Bool {
    if super.step(&random) { return true }
    guard let waiting, isResting, isConnected, hasRested() else { return false }
    isResting = false
    write(waiting)
    return true
  }

  package func post(_ post: Post) {
    waiting = post
    if post.usedKey == nil { number += 1 }
    if isConnected { write(post) }
  }

  private func key(of post: Post) -> String { post.usedKey ?? "\(name)-\(number)" }

  private func write(_ post: Post) {
    var query: [String] = []
    if let exclude = post.exclude { query.append("exclude=\(exclude)") }
    if post.isEphemeral { query.append("ephemeral=true") }
    let target = "/v1/rooms/\(post.room)/events" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    send(
      Array(
        """
        POST \(target) HTTP/1.1\r\nHost: localhost\r\n\(authorization)Idempotency-Key: \(key(of: post))\r\n\
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
    // What was sent has not arrived in time: it is sent again over the next connection.
    if status == 408 { return disconnect() }
    guard let post = waiting else { return note("an answer to nothing") }
    if status == 503 { return refused(post) }
    waiting = nil
    if status == 409, post.usedKey != nil { return }
    guard status == 201, post.usedKey == nil else {
      return note("\(status) \(String(decoding: body, as: UTF8.self)) for key \(key(of: post))")
    }
    lastTaken = (post.room, key(of: post))
    do {
      let object = try JSONObject(parsing: body)
      let position = try object.value("position")?.string.map { try Position($0) }
      answered?(post, position, try object.value("duplicate")?.bool ?? false)
    } catch {
      note("\(error)")
    }
  }

  private func refused(_ post: Post) {
    refusals += 1
    isResting = triesAgain(post)
    if !isResting { waiting = nil }
  }

  private func note(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
