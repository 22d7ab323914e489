import HubIO
import HubRooms
import HubWire
import Synchronization

/// Tells services what goes on in the hub: finds out who wants to know, and hands each event to the sender of that target.
///
/// Rooms and connections call it on their own reactors: rooms only where their namespace's rules say that somebody is told,
/// and where nobody is told of connections it costs these one look at a flag.
final class Webhooks: RoomWatcher {
  /// Who is told what.
  private struct Routing {
    var rooms: NamespaceBook?
    var connections: WebhookSender?
    var senders: [String: WebhookSender] = [:]
  }

  private let node: String
  private let reactors: [Reactor]
  private let log: Log
  private let routing = Lock(Routing())
  private let tellsConnections = Atomic<Bool>(false)

  init(node: String, reactors: [Reactor], log: Log) {
    self.node = node
    self.reactors = reactors
    self.log = log
  }

  // MARK: What goes on

  func roomChanged(_ room: RoomName, _ change: RoomChange, at time: Int64) {
    let (rooms, senders) = routing.withLock { ($0.rooms, $0.senders) }
    guard let wish = rooms?.settings(for: room).webhooks, wish.events.contains(change.event) else { return }
    senders[wish.target]?.append(WebhookEvent(content: .room(room, change), time: time))
  }

  func connectionChanged(_ content: @autoclosure () -> WebhookEvent.Content, at time: @autoclosure () -> Int64) {
    guard tellsConnections.load(ordering: .relaxed) else { return }
    let sender = routing.withLock { $0.connections }
    sender?.append(WebhookEvent(content: content(), time: time()))
  }

  // MARK: Life

  /// Puts settings into force, at the start and with each reload.
  func adopt(_ policy: Policy) {
    let (settings, targets) = (policy.settings, policy.targets)
    let wanted = Set(
      settings.namespaces.compactMap { $0.webhooks?.target } + [settings.webhooks.connections].compactMap { $0 })
    routing.withLock { routing in
      for (name, sender) in routing.senders where !wanted.contains(name) || targets[name] == nil {
        sender.stop()
        routing.senders[name] = nil
      }
      for name in wanted.sorted() {
        guard let target = targets[name] else { continue }
        if let sender = routing.senders[name] {
          sender.adopt(target, settings.webhooks)
        } else {
          routing.senders[name] = begin(target, settings.webhooks, on: routing.senders.count)
        }
      }
      routing.rooms = policy.namespaces
      routing.connections = settings.webhooks.connections.flatMap { routing.senders[$0] }
      tellsConnections.store(routing.connections != nil, ordering: .relaxed)
    }
  }

  private func begin(_ target: HTTPTarget, _ settings: WebhookSettings, on index: Int) -> WebhookSender {
    let reactor = reactors[index % reactors.count]
    let sender = WebhookSender(target: target, settings: settings, node: node, reactor: reactor, log: log)
    Task(executorPreference: reactor) { await sender.run() }
    return sender
  }

  private var senders: [WebhookSender] { routing.withLock { Array($0.senders.values) } }
  var tellsAnybody: Bool { !senders.isEmpty }

  /// The hub ends soon: what waits, and what comes from now on, is sent at once.
  func hurry() {
    for sender in senders { sender.hurry() }
  }

  /// Returns when everything is sent, or there is no more time.
  func flush(within time: Duration) async {
    let senders = senders
    guard !senders.isEmpty else { return }
    let reactor = reactors[0]
    await Task(executorPreference: reactor) {
      let end = reactor.kernel.now() + time
      while reactor.kernel.now() < end, !senders.allSatisfy(\.isEmpty) { await reactor.sleep(for: .milliseconds(10)) }
    }.value
    let left = senders.reduce(0) { $0 + $1.counts.waiting }
    if left > 0 { log.warning("webhooks are left behind", [LogField("events", left)]) }
  }

  /// What is counted of each target, by name.
  var counts: [(target: String, counts: WebhookCounts)] {
    routing.withLock { $0.senders.values.map { ($0.name, $0.counts) } }.sorted { $0.0 < $1.0 }
  }
}
