import HubIO
import HubRooms
import HubWire

/// The way between one reactor of a node and a ``SharedStore``: what passes keeps its order, in either direction.
final class SharedLink: @unchecked Sendable {
  /// What a node asks for.
  struct Request {
    /// Does it in the store, and returns how the answer is taken.
    let run: () -> (() -> Void)?
    /// How it is taken that there is none.
    let fail: () -> Void
  }

  /// What the store says.
  enum Message {
    case arrival(RoomName, RoomArrival)
    case gone(String, late: Duration)
    case missed
    case answer(() -> Void, fail: () -> Void)
  }

  unowned let engine: SharedEngine
  private let reactor: Reactor
  private let directory: RoomDirectory
  private var requests: [Request] = []
  private var messages: [Message] = []
  /// What has come, and waits for its job on the reactor.
  private var inbox: [Message] = []
  /// Rooms that are open in the node, and those that the store knows of.
  private var open: Set<RoomName> = []
  private var followed: Set<RoomName> = []
  private(set) var isUp = true
  private var isBackAt: Moment?
  private(set) var silentSince: Moment?

  init(engine: SharedEngine, reactor: Reactor, directory: RoomDirectory) {
    self.engine = engine
    self.reactor = reactor
    self.directory = directory
  }

  // MARK: The node's end

  func send(_ request: Request) {
    guard isUp else { return take(.answer(request.fail, fail: request.fail)) }
    requests.append(request)
  }

  func opens(_ room: RoomName) {
    open.insert(room)
  }

  func closes(_ room: RoomName) {
    open.remove(room)
    send(
      Request(
        run: { [self] in
          followed.remove(room)
          return nil
        }, fail: {}))
  }

  /// The message is there: jobs of the reactor take what there is in its order, whichever runs first.
  private func take(_ message: Message) {
    inbox.append(message)
    Task(executorPreference: reactor) { self.takeNext() }
  }

  private func takeNext() {
    switch inbox.removeFirst() {
    case .arrival(let room, let arrival): directory.arrived(arrival, in: room, on: reactor.index)
    case .gone(let node, let late): directory.nodeHasGone(node, on: reactor.index, late: late)
    case .missed: directory.missed(on: reactor.index) { _ in true }
    case .answer(let resume, _): resume()
    }
  }

  // MARK: The store's end

  func follow(_ room: RoomName) {
    followed.insert(room)
  }

  func silence() {
    followed = []
  }

  func follows(_ room: RoomName) -> Bool { isUp && followed.contains(room) }

  func hear(_ message: Message) {
    messages.append(message)
  }

  var isBusy: Bool { !requests.isEmpty || !messages.isEmpty }

  /// Some messages pass in one direction.
  func step(_ random: inout SeededRandom) {
    let isDown = !messages.isEmpty && (requests.isEmpty || random.once(in: 2))
    for _ in 0..<random.number(in: 1...3) {
      if isDown, !messages.isEmpty { take(messages.removeFirst()) }
      if !isDown, !requests.isEmpty { run() }
    }
  }

  private func run() {
    let request = requests.removeFirst()
    if let answer = request.run() { hear(.answer(answer, fail: request.fail)) }
  }

  // MARK: Cutting

  /// Of what was under way to the store some comes there; of what was under way from it, nothing.
  func cut(until end: Moment?, at now: Moment, _ random: inout SeededRandom) {
    isBackAt = end
    guard isUp else { return }
    for _ in 0..<random.number(in: 0...requests.count) { run() }
    isUp = false
    silentSince = now
    followed = []
    for case .answer(_, let fail) in messages { take(.answer(fail, fail: fail)) }
    for request in requests { take(.answer(request.fail, fail: request.fail)) }
    messages = []
    requests = []
  }

  func isDue(at now: Moment) -> Bool { isBackAt.map { $0 <= now } ?? false }

  func mend() {
    isUp = true
    isBackAt = nil
    silentSince = nil
    engine.isReaped = false
    followed = open
    take(.missed)
  }
}
