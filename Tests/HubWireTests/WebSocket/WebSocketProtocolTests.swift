import HubTesting
import HubWire
import Testing

/// What a receiver takes, whole and in pieces. ``WebSocketViolationTests`` has what it refuses.
@Suite struct WebSocketProtocolTests {
  /// A conversation by chance: the frames as one side would send them, and the events that the other must see.
  private struct Script {
    var bytes: [UInt8] = []
    var events: [WebSocketEvent] = []
    var dice: SeededRandom
    let sender: WebSocketProtocol.Role

    init(seed: UInt64, sender: WebSocketProtocol.Role, messages: Int) {
      dice = SeededRandom(seed: seed)
      self.sender = sender
      for _ in 0..<messages { addMessage() }
      bytes += WebSocketFrame.close(code: 4001, reason: "genug für heute", mask: mask())
      events.append(.close(code: 4001, reason: "genug für heute"))
      bytes += WebSocketFrame.encode(.text, Array("dropped".utf8), mask: mask())
    }

    private mutating func mask() -> UInt32? {
      sender == .client ? UInt32.random(in: 0...UInt32.max, using: &dice) : nil
    }

    private mutating func payload() -> [UInt8] {
      let count = [0, 1, 7, 8, 9, 125, 126, 127, 300].randomElement(using: &dice)!
      return (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
    }

    private mutating func text() -> [UInt8] {
      let count = Int.random(in: 0...80, using: &dice)
      let letters = (0..<count).map { _ in ["a", "ß", "水", "🎈", "plain words"].randomElement(using: &dice)! }
      return Array(letters.joined().utf8)
    }

    private mutating func addMessage() {
      let isText = Bool.random(using: &dice)
      let message = isText ? text() : payload()
      var rest = message[...]
      var opcode: WebSocketOpcode = isText ? .text : .binary
      for _ in 0..<Int.random(in: 0...3, using: &dice) {
        let piece = rest.prefix(Int.random(in: 0...rest.count, using: &dice))
        bytes += WebSocketFrame.encode(opcode, Array(piece), mask: mask(), final: false)
        rest = rest.dropFirst(piece.count)
        opcode = .continuation
        if Bool.random(using: &dice) { addControl() }
      }
      bytes += WebSocketFrame.encode(opcode, Array(rest), mask: mask())
      events.append(isText ? .text(message) : .binary(message))
    }

    private mutating func addControl() {
      let payload = Array(payload().prefix(125))
      let isPing = Bool.random(using: &dice)
      bytes += WebSocketFrame.encode(isPing ? .ping : .pong, payload, mask: mask())
      events.append(isPing ? .ping(payload) : .pong(payload))
    }
  }

  @Test(arguments: [WebSocketProtocol.Role.client, .server])
  func whatOneSideSendsTheOtherSeesHoweverItIsCut(sender: WebSocketProtocol.Role) {
    let receiver: WebSocketProtocol.Role = sender == .client ? .server : .client
    for seed in 0..<60 as Range<UInt64> {
      let script = Script(seed: seed, sender: sender, messages: 8)
      let whole = WebSocketReceived(script.bytes, role: receiver)
      #expect(whole.events == script.events, "seed \(seed)")
      #expect(whole.violation == nil, "seed \(seed)")
      #expect(WebSocketReceived(script.bytes, role: receiver, cuts: Array(script.bytes.indices)) == whole)
      var dice = SeededRandom(seed: seed &+ 1000)
      for _ in 0..<5 {
        let cuts = (0..<10).map { _ in Int.random(in: 0...script.bytes.count, using: &dice) }.sorted()
        #expect(WebSocketReceived(script.bytes, role: receiver, cuts: cuts) == whole, "seed \(seed), cuts \(cuts)")
      }
    }
  }

  @Test func everyTwoWaySplitGivesTheSameEvents() {
    let script = Script(seed: 7, sender: .client, messages: 5)
    let whole = WebSocketReceived(script.bytes, role: .server)
    for cut in script.bytes.indices {
      #expect(WebSocketReceived(script.bytes, role: .server, cuts: [cut]) == whole, "cut at \(cut)")
    }
  }

  /// RFC 6455 section 5.7.
  @Test func theExamplesOfTheStandardAreUnderstood() {
    let hello = Array("Hello".utf8)
    let toServer: [([UInt8], WebSocketEvent)] = [
      ([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .text(hello)),
      ([0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], .pong(hello)),
    ]
    for (bytes, event) in toServer { #expect(WebSocketReceived(bytes, role: .server).events == [event]) }
    let toClient: [([UInt8], WebSocketEvent)] = [
      ([0x81, 0x05] + hello, .text(hello)),
      ([0x01, 0x03] + hello.prefix(3) + [0x80, 0x02] + hello.suffix(2), .text(hello)),
      ([0x89, 0x05] + hello, .ping(hello)),
      ([0x82, 0x7E, 0x01, 0x00] + [UInt8](repeating: 9, count: 256), .binary([UInt8](repeating: 9, count: 256))),
      (
        [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 9, count: 65536),
        .binary([UInt8](repeating: 9, count: 65536))
      ),
    ]
    for (bytes, event) in toClient { #expect(WebSocketReceived(bytes, role: .client).events == [event]) }
  }

  @Test func aFrameWithoutPayloadNeedsNoFurtherByte() {
    #expect(WebSocketReceived([0x81, 0x80, 1, 2, 3, 4], role: .server).events == [.text([])])
    #expect(WebSocketReceived([0x89, 0x00], role: .client).events == [.ping([])])
    #expect(WebSocketReceived([0x88, 0x00], role: .client).events == [.close(code: nil, reason: "")])
  }

  @Test func aMessageMayFillTheLimitInManyFragments() {
    let limit = 100_000
    var bytes = WebSocketFrame.encode(.binary, [], final: false)
    for _ in 0..<limit { bytes += WebSocketFrame.encode(.continuation, [5], final: false) }
    bytes += WebSocketFrame.encode(.continuation, [])
    let received = WebSocketReceived(bytes, role: .client, maximumMessage: limit)
    #expect(received == WebSocketReceived(bytes, role: .client, maximumMessage: limit, cuts: Array(bytes.indices)))
    guard case .binary(let message) = received.events.first else { return #expect(Bool(false), "there is a message") }
    #expect(message.count == limit)
    #expect(message.capacity < limit + 64, "room is never made past the limit")
  }

  @Test func aLongMessageInPiecesHasRoomForItselfAlone() {
    let payload = [UInt8](repeating: 0x61, count: 3_000_000)
    let frame = WebSocketFrame.encode(.text, payload, mask: 0x0102_0304)
    let cuts = Array(stride(from: 1000, to: frame.count, by: 65_536))
    let received = WebSocketReceived(frame, role: .server, maximumMessage: 64 << 20, cuts: cuts)
    guard case .text(let message) = received.events.first else { return #expect(Bool(false), "there is a message") }
    #expect(message == payload)
    #expect(message.capacity < payload.count + 4096 + 64)
  }

  @Test func anIdleReceiverIsSmall() {
    #expect(MemoryLayout<WebSocketProtocol>.stride <= 48)
    #expect(MemoryLayout<WebSocketEvent?>.stride <= 24)
  }
}
