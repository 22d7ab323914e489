import HubIO
import HubRooms
import HubWire
import Synchronization

/// What everything in one daemon shares: its settings, its log, its rooms, who was revoked, and whether it is draining.
final class Node: Sendable {
  /// Names the node to clients and in the log.
  let name: String
  /// When it began, in milliseconds since 1970.
  let since: Int64
  /// As they were at the start; what a reload changes is each worker's ``Worker/policy``.
  let settings: Settings
  let log: Log
  let directory: RoomDirectory
  let engine: any Engine
  let revocations = Revocations()
  let admission: Admission
  let publishRates: PublishRates
  /// What the hub's own listener has.
  let resources: ResourceSet
  let documents = Documents()
  /// What connections are encrypted with; nil where they are plain.
  let tls: TLSContext?
  /// Who is told what goes on here; nil in a hub without outgoing connections.
  let webhooks: Webhooks?
  /// Connections of all reactors; the limit counts them together.
  let connections = Atomic<Int>(0)
  private let draining = Atomic<Bool>(false)
  private let busyThousandths = Atomic<Int>(0)
  private let engineStateInForce: Lock<EngineState>
  private let returned = Lock(Set<String>())

  init(
    name: String, since: Int64 = 0, settings: Settings, log: Log, engine: any Engine, directory: RoomDirectory,
    tls: TLSContext? = nil, webhooks: Webhooks? = nil
  ) {
    self.name = name
    self.since = since
    engineStateInForce = Lock(EngineState(health: .up, since: since))
    self.settings = settings
    self.log = log
    self.engine = engine
    self.directory = directory
    self.tls = tls
    self.webhooks = webhooks
    admission = Admission(settings.limits)
    publishRates = PublishRates(settings.limits)
    resources = ResourceSet(settings)
  }

  /// New streams are refused, and those that there are get sent away.
  var isDraining: Bool {
    get { draining.load(ordering: .relaxed) }
    set { draining.store(newValue, ordering: .relaxed) }
  }

  /// How busy the reactors were in the last few seconds, from 0 to 1.
  var load: Double {
    get { Double(busyThousandths.load(ordering: .relaxed)) / 1000 }
    set { busyThousandths.store(Int((min(1, max(0, newValue)) * 1000).rounded()), ordering: .relaxed) }
  }

  /// How the engine was when it was looked at last, about once a second.
  var engineState: EngineState {
    get { engineStateInForce.withLock { $0 } }
    set { engineStateInForce.withLock { $0 = newValue } }
  }

  // MARK: Other nodes

  /// Nobody has so many nodes; past them a name waits for its node's next return.
  private static let maximumReturned = 1_000

  /// Another node says that it was away.
  func noteReturned(_ name: String) {
    returned.withLock { names in
      if names.count < Self.maximumReturned { names.insert(name) }
    }
  }

  /// Who has said so since this was asked last.
  func takeReturned() -> Set<String> {
    returned.withLock { names in
      defer { names = [] }
      return names
    }
  }

  /// What other nodes are told of it.
  var status: NodeStatus {
    NodeStatus(
      version: Hub.version, connections: connections.load(ordering: .relaxed), load: load, since: since,
      isDraining: isDraining)
  }

  var outboxLimit: OutboxLimit {
    OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes)
  }
}
