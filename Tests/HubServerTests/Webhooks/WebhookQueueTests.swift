import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms
@testable import HubServer

@Suite struct WebhookQueueTests {
  private static func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

  private static func event(_ room: String = "a") -> WebhookEvent {
    WebhookEvent(content: .room(try! RoomName(room), .occupied), time: 1)
  }

  private static func queue(_ change: (inout WebhookQueue.Limits) -> Void = { _ in }) -> WebhookQueue {
    var limits = WebhookQueue.Limits()
    change(&limits)
    return WebhookQueue(limits: limits, run: "run")
  }

  private static func sequences(_ batch: WebhookBatch) -> [Int64] {
    batch.events.compactMap { bytes in
      (try? JSONObject(parsing: bytes)).flatMap { try? $0.integer("sequence", in: 0...Int64.max) }
    }
  }

  @Test func `a batch leaves when its time is over`() {
    var queue = Self.queue()
    #expect(queue.next(at: Self.at(0)) == .idle)
    #expect(queue.append(Self.event()) == true)
    #expect(queue.next(at: Self.at(10)) == .wait(until: Self.at(110)))
    #expect(queue.append(Self.event("b")) == true)
    #expect(queue.next(at: Self.at(109)) == .wait(until: Self.at(110)))
    guard case .send(let batch) = queue.next(at: Self.at(110)) else { return #expect(Bool(false), "nothing leaves") }
    #expect(Self.sequences(batch) == [1, 2])
    #expect(queue.finish(isDelivered: true, at: Self.at(120), chance: 0) == .delivered(events: 2))
    #expect(queue.next(at: Self.at(130)) == .idle)
    #expect(queue.isEmpty && queue.byteCount == 0)
  }

  @Test func `a batch that is full leaves at once`() {
    var queue = Self.queue { $0.batchEvents = 2 }
    for _ in 0..<5 { _ = queue.append(Self.event()) }
    var batches: [[Int64]] = []
    for _ in 0..<2 {
      guard case .send(let batch) = queue.next(at: Self.at(0)) else { continue }
      batches.append(Self.sequences(batch))
      _ = queue.finish(isDelivered: true, at: Self.at(0), chance: 0)
    }
    #expect(batches == [[1, 2], [3, 4]])
    // The last one is alone, and waits for others.
    #expect(queue.next(at: Self.at(0)) == .wait(until: Self.at(100)))
  }

  @Test func `what fills a batch says that it can leave`() {
    var queue = Self.queue { $0.batchEvents = 2 }
    _ = queue.append(Self.event())
    #expect(queue.next(at: Self.at(0)) == .wait(until: Self.at(100)) && !queue.isReady)
    _ = queue.append(Self.event())
    #expect(queue.isReady)
    guard case .send = queue.next(at: Self.at(1)) else { return #expect(Bool(false), "nothing leaves") }
    for _ in 0..<2 { _ = queue.append(Self.event()) }
    #expect(!queue.isReady, "one batch is under way")
    _ = queue.finish(isDelivered: false, at: Self.at(1), chance: 1)
    #expect(queue.next(at: Self.at(1)) == .wait(until: Self.at(501)) && !queue.isReady)
    // A reload does not wait for the time of the next try.
    queue.tryNow(at: Self.at(2))
    guard case .send = queue.next(at: Self.at(2)) else { return #expect(Bool(false), "it waits") }
  }

  @Test func `a batch is filled by its bytes too`() {
    var queue = Self.queue()
    let info = Array("{\"x\":\"\(String(repeating: "y", count: 600_000))\"}".utf8)
    for isReady in [false, true] {
      _ = queue.append(WebhookEvent(content: .room(try! RoomName("a"), .joined(user: "ann", info: info)), time: 1))
      #expect(queue.isReady == isReady)
    }
    guard case .send = queue.next(at: Self.at(0)) else { return #expect(Bool(false), "it waits") }
  }

  @Test func `a try that failed is made again, later and later, with the same id`() {
    var queue = Self.queue { $0.batchTime = .zero }
    _ = queue.append(Self.event())
    var now = Self.at(0)
    var delays: [Duration] = []
    var ids: Set<String> = []
    for _ in 0..<10 {
      guard case .send(let batch) = queue.next(at: now) else { return #expect(Bool(false), "nothing leaves") }
      ids.insert(batch.id)
      guard case .again(let next) = queue.finish(isDelivered: false, at: now, chance: 1) else { break }
      #expect(queue.next(at: now) == .wait(until: next))
      delays.append(next - now)
      now = next
    }
    #expect(ids == ["run-1"])
    #expect(delays == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
  }

  @Test func `a batch that was tried for its time is dropped, and the next one has its own`() {
    var queue = Self.queue {
      $0.batchTime = .zero
      $0.batchEvents = 1
      $0.retry = .seconds(3)
    }
    _ = queue.append(Self.event())
    _ = queue.append(Self.event())
    _ = queue.next(at: Self.at(0))
    #expect(queue.finish(isDelivered: false, at: Self.at(2_900), chance: 1) == .again(at: Self.at(3_000)))
    _ = queue.next(at: Self.at(3_000))
    #expect(queue.finish(isDelivered: false, at: Self.at(3_001), chance: 1) == .dropped(events: 1))
    guard case .send(let next) = queue.next(at: Self.at(3_001)) else { return #expect(Bool(false), "nothing leaves") }
    #expect(next.id == "run-2" && Self.sequences(next) == [2])
    #expect(queue.finish(isDelivered: false, at: Self.at(3_002), chance: 0) == .again(at: Self.at(3_002)))
  }

  @Test func `what waits is bounded in events, and the loss shows in the numbers`() {
    var queue = Self.queue {
      $0.events = 3
      $0.batchTime = .zero
      $0.batchEvents = 2
    }
    let taken = (0..<5).map { _ in queue.append(Self.event()) }
    #expect(taken == [true, true, true, false, false])
    #expect(queue.overflows == 2)
    guard case .send(let first) = queue.next(at: Self.at(0)) else { return #expect(Bool(false), "nothing leaves") }
    #expect(Self.sequences(first) == [1, 2])
    // What is under way counts for as long as it may come back.
    #expect(queue.append(Self.event()) == false)
    _ = queue.finish(isDelivered: true, at: Self.at(0), chance: 0)
    #expect(queue.append(Self.event()) == true)
    guard case .send(let second) = queue.next(at: Self.at(0)) else { return #expect(Bool(false), "nothing leaves") }
    #expect(Self.sequences(second) == [3, 7])
  }

  @Test func `what waits is bounded in bytes, and so is a request`() {
    var queue = Self.queue { $0.bytes = 1 << 10 }
    var taken = 0
    while queue.append(Self.event()) { taken += 1 }
    #expect(taken > 2 && queue.byteCount <= 1 << 10)
    var large = Self.queue { $0.batchTime = .zero }
    let info = Array("{\"x\":\"\(String(repeating: "y", count: 600_000))\"}".utf8)
    for _ in 0..<3 {
      _ = large.append(
        WebhookEvent(content: .room(try! RoomName("a"), .joined(user: "ann", info: info)), time: 1))
    }
    guard case .send(let batch) = large.next(at: Self.at(0)) else { return #expect(Bool(false), "nothing leaves") }
    #expect(batch.events.count == 1)
  }

  @Test func `at the end of the hub nothing waits for others, and tries follow soon`() {
    var queue = Self.queue()
    _ = queue.append(Self.event())
    #expect(queue.next(at: Self.at(0)) == .wait(until: Self.at(100)))
    queue.hurry(at: Self.at(1))
    for _ in 0..<8 {
      guard case .send = queue.next(at: Self.at(1_000)) else { return #expect(Bool(false), "nothing leaves") }
      guard case .again(let next) = queue.finish(isDelivered: false, at: Self.at(1_000), chance: 1) else { return }
      #expect(next == Self.at(1_500))
      queue.hurry(at: Self.at(1_000))
    }
  }

  /// Whatever the target does, and whenever events come: none that was taken is lost but by the time, none comes out of
  /// its order, and the bounds hold.
  @Test(arguments: Seeds.run(200))
  func `a queue keeps its promises whatever happens`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var queue = Self.queue {
      $0.batchEvents = Int.random(in: 1...5, using: &random)
      $0.events = Int.random(in: 1...20, using: &random)
      $0.retry = .seconds(1_000_000)
    }
    var (now, appended, refused) = (Int64(0), Int64(0), Set<Int64>())
    var delivered: [Int64] = []
    var out: WebhookBatch?
    for _ in 0..<400 {
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        appended += 1
        if !queue.append(Self.event()) { refused.insert(appended) }
      case 1:
        now += Int64.random(in: 0...60_000, using: &random)
        if out == nil, case .send(let batch) = queue.next(at: Self.at(now)) { out = batch }
      default:
        guard let batch = out else { continue }
        out = nil
        let isDelivered = Bool.random(using: &random)
        _ = queue.finish(isDelivered: isDelivered, at: Self.at(now), chance: Double.random(in: 0..<1, using: &random))
        if isDelivered { delivered += Self.sequences(batch) }
      }
      #expect(queue.count <= queue.limits.events)
    }
    let taken = (1...max(1, appended)).filter { $0 <= appended && !refused.contains($0) }
    #expect(delivered == Array(taken.prefix(delivered.count)))
    #expect(queue.count == taken.count - delivered.count)
  }
}
