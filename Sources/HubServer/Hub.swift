package import HubIO
import HubRooms
import HubWire
import Synchronization

/// A hub, to run in a process: one node with its reactors, listeners and rooms.
///
/// ```swift
/// let hub = try Hub(settings: Settings(), log: Log(style: .json))
/// hub.start()
/// print(hub.address)
/// await hub.drain()
/// ```
public final class Hub: Sendable {
  /// The version, by semantic versioning.
  public static let version = "0.1.0"

  private let node: Node
  private let workers: [Worker]
  private let descriptors: [Int32]
  /// Where the hub listens, as in `127.0.0.1:8080`.
  public let address: String

  /// Opens the listening sockets; nothing is accepted before ``start()``.
  ///
  /// - Throws: ``HubStartError`` where the address cannot be had, or where it is not loopback and the hub would be open
  ///   to whoever reaches it.
  public init(settings: Settings, log: Log) throws(HubStartError) {
    guard settings.isLoopback || settings.insecure else {
      throw HubStartError(
        "\(settings.host) is reachable from other machines, and this hub has no credentials; "
          + "bind to 127.0.0.1, or say --insecure if everybody there may publish and read")
    }
    let reactors = (0..<settings.reactors).map { Reactor(index: $0, kernel: LinuxKernel()) }
    let engine = MemoryEngine(
      limits: MemoryEngineLimits(
        remember: settings.remember.time, rememberedRooms: settings.remember.rooms,
        idempotency: settings.idempotency.time, idempotencyKeys: settings.idempotency.keys))
    let directory = RoomDirectory(
      reactors: reactors, engine: engine, limits: RoomLimits(settings),
      outbox: OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes))
    let node = Node(name: Self.randomName(), settings: settings, log: log, engine: engine, directory: directory)
    self.node = node
    workers = reactors.map { Worker(reactor: $0, node: node) }
    for worker in workers { worker.siblings = workers }
    (descriptors, address) = try Self.listen(settings)
  }

  /// One listening socket for each reactor, all on one port.
  private static func listen(_ settings: Settings) throws(HubStartError) -> ([Int32], String) {
    do throws(SystemError) {
      let host = HostName.withoutBrackets(settings.host)
      guard let address = try SocketAddress.resolve(host: host, port: UInt16(settings.port)).first else {
        throw SystemError("find the address of \"\(host)\"", number: 2)
      }
      let first = try Listener.open(address, isExclusive: true)
      guard let bound = SocketAddress.local(of: first) else { throw SystemError("read the socket's address") }
      var descriptors = [first]
      for _ in 1..<max(1, settings.reactors) { descriptors.append(try Listener.open(bound, isExclusive: false)) }
      return (descriptors, bound.description)
    } catch {
      throw HubStartError(
        "\(error)" + (error.isAddressInUse ? "; choose another with --port, or 0 for a free one" : ""))
    }
  }

  /// Starts the reactors and begins to accept.
  public func start() {
    start { _ in }
  }

  /// The same; `prepare` runs on the first reactor's thread before it accepts.
  package func start(prepare: @escaping @Sendable (Reactor) -> Void) {
    for (worker, descriptor) in zip(workers, descriptors) {
      worker.reactor.start { reactor in
        if reactor.index == 0 { prepare(reactor) }
        worker.node.directory.start(on: reactor.index)
        let listener = Listener(descriptor: descriptor, reactor: reactor) { worker.accept($0) }
        reactor.add(listener, edgeTriggered: false)
      }
    }
    node.log.info(
      "listening", [LogField("address", address), LogField("node", node.name), LogField("version", Self.version)])
    if node.settings.isLoopback {
      node.log.info("open to every program on this machine: no credentials are configured")
    } else {
      node.log.warning("open to everybody who reaches the address: --insecure was given")
    }
  }

  /// Sends every stream away and returns when the last bytes are sent, or the drain time is over. Meanwhile publishes,
  /// probes and metrics are answered, and new streams are refused.
  public func drain() async {
    node.isDraining = true
    node.log.info("draining", [LogField("connections", node.connections.load(ordering: .relaxed))])
    let time = node.settings.drain
    await withTaskGroup(of: Void.self) { group in
      for worker in workers {
        group.addTask { await worker.perform { await Drain(worker: $0, time: time).run() } }
      }
    }
    node.log.info("drained", [LogField("connections", node.connections.load(ordering: .relaxed))])
  }

  private static func randomName() -> String {
    String(UInt32.random(in: .min ... .max), radix: 36)
  }
}

/// Why a hub does not start, and what to do.
public struct HubStartError: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

extension RoomLimits {
  /// The node's share of one reactor.
  init(_ settings: Settings) {
    let room = settings.history.room
    self.init(
      history: HistoryLimit(
        events: room.events, age: room.age.nanoseconds / 1_000_000, bytes: room.bytes),
      historyPerReactor: max(1, settings.history.node.bytes / settings.reactors),
      roomsPerReactor: max(1, settings.rooms / settings.reactors))
  }
}
