import HubIO
import HubRooms
import HubWire
import Synchronization

/// What everything in one daemon shares: its settings, its log, its rooms, who was revoked, and whether it is draining.
final class Node: Sendable {
  /// Names the node to clients and in the log.
  let name: String
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

  init(
    name: String, settings: Settings, log: Log, engine: any Engine, directory: RoomDirectory,
    tls: TLSContext? = nil, webhooks: Webhooks? = nil
  ) {
    self.name = name
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

  var outboxLimit: OutboxLimit {
    OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes)
  }
}
