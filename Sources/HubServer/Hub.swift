package import HubIO
package import HubRooms
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

  let node: Node
  let workers: [Worker]
  private let policyInForce: Lock<Policy>
  private let descriptors: [Int32]
  /// Whether somebody else has bound the listening socket.
  let isInherited: Bool
  /// Where the hub listens, as in `127.0.0.1:8080`.
  public let address: String
  /// The listener for metrics alone, where the settings name one.
  private let metricsDescriptor: Int32?
  /// Where the metrics are; nil where they are with everything else.
  public let metricsAddress: String?
  /// The same as clients write it, as in `https://127.0.0.1:8080`.
  public var url: String { (node.tls == nil ? "http://" : "https://") + address }

  /// Opens the listening sockets; nothing is accepted before ``start()``.
  ///
  /// - Throws: ``HubStartError`` where the address cannot be had, or where it is not loopback and the hub would be open
  ///   to whoever reaches it.
  ///
  /// - Parameters:
  ///   - settings: all of them; ``reload(_:)`` can replace some later.
  ///   - log: where to log.
  ///   - listener: a descriptor that is bound and listens already, as systemd hands it over: its address
  ///     counts in place of `host` and `port`. Nil to open one.
  public convenience init(settings: Settings, log: Log, listener: Int32? = nil) throws(HubStartError) {
    guard settings.engine == .memory else {
      throw HubStartError("engine: the library has memory: only; `roomcast serve` has \(settings.engine)")
    }
    try self.init(settings: settings, log: log, listener: listener, engine: MemoryEngine(settings))
  }

  /// The same with an engine that has been opened.
  package init(settings: Settings, log: Log, listener: Int32?, engine: any Engine) throws(HubStartError) {
    var settings = settings
    if let listener { try Self.adopt(listener, &settings) }
    isInherited = listener != nil
    let policy = try Policy(settings)
    policyInForce = Lock(policy)
    let reactors = (0..<settings.reactors).map { Reactor(index: $0, kernel: LinuxKernel()) }
    let name = Self.randomName()
    let webhooks = Webhooks(node: name, reactors: reactors, log: log)
    let directory = RoomDirectory(
      reactors: reactors, engine: engine, limits: RoomLimits(settings, policy.namespaces),
      outbox: OutboxLimit(frames: settings.outbox.frames, bytes: settings.outbox.bytes), node: name,
      watcher: webhooks)
    let node = Node(
      name: name, since: reactors[0].kernel.wallTime(), settings: settings, log: log, engine: engine,
      directory: directory,
      tls: try Self.tls(settings, log), webhooks: webhooks)
    self.node = node
    workers = reactors.map { Worker(reactor: $0, node: node, policy: policy) }
    for worker in workers { worker.siblings = workers }
    (descriptors, address) = try Self.listen(settings, inherited: listener)
    (metricsDescriptor, metricsAddress) = try Self.listenForMetrics(settings)
  }

  /// Whether the process holds keys: of callers, or its own for TLS.
  package var hasSecrets: Bool { !policy.authenticator.isOpen || node.tls != nil }
  var log: Log { node.log }
  /// What the last reload, or the start, has put into force.
  var policy: Policy { policyInForce.withLock { $0 } }

  func adopt(_ policy: Policy) {
    policyInForce.withLock { $0 = policy }
  }

  private static func tls(_ settings: Settings, _ log: Log) throws(HubStartError) -> TLSContext? {
    do throws(TLSError) {
      guard let prepared = try TLSContext.prepare(settings.tls) else { return nil }
      return TLSContext(prepared) { byKernel in
        log.info(byKernel ? "TLS: the kernel encrypts" : "TLS: OpenSSL encrypts, the kernel does not offer to")
      }
    } catch {
      throw HubStartError("\(error)")
    }
  }

  /// What `host` and `port` say does not count: who can reach the hub is decided by the socket.
  private static func adopt(_ listener: Int32, _ settings: inout Settings) throws(HubStartError) {
    guard let bound = SocketAddress.local(of: listener) else {
      throw HubStartError("\(SystemError("read the address of the inherited socket"))")
    }
    settings.host = bound.host
    settings.port = Int(bound.port)
  }

  /// One listening socket for each reactor, all on one port.
  private static func listen(
    _ settings: Settings, inherited: Int32?
  ) throws(HubStartError) -> (descriptors: [Int32], address: String) {
    do throws(SystemError) {
      if let inherited {
        guard let bound = SocketAddress.local(of: inherited) else { throw SystemError("read the inherited socket") }
        // One socket for all reactors: whoever is awake takes the connection.
        return (
          try (0..<settings.reactors).map { _ throws(SystemError) in try Listener.share(inherited) }, bound.description
        )
      }
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

  /// One socket on the first reactor, where the settings name an address.
  private static func listenForMetrics(
    _ settings: Settings
  ) throws(HubStartError) -> (descriptor: Int32?, address: String?) {
    guard let wanted = settings.metrics.address else { return (nil, nil) }
    do throws(SystemError) {
      guard let address = try SocketAddress.resolve(host: wanted.host, port: wanted.port).first else {
        throw SystemError("find the address of \"\(wanted.host)\"", number: 2)
      }
      let descriptor = try Listener.open(address, isExclusive: true)
      guard let bound = SocketAddress.local(of: descriptor) else { throw SystemError("read the socket's address") }
      return (descriptor, bound.description)
    } catch {
      throw HubStartError("metrics.address: \(error)")
    }
  }

  /// Starts the reactors and begins to accept.
  public func start() {
    start { _ in }
  }

  /// The same; `prepare` runs on the first reactor's thread before it accepts.
  package func start(prepare: @escaping @Sendable (Reactor) -> Void) {
    node.webhooks?.adopt(policy)
    for (worker, descriptor) in zip(workers, descriptors) {
      worker.reactor.start { reactor in
        if reactor.index == 0 { prepare(reactor) }
        worker.node.directory.start(on: reactor.index)
        let listener = Listener(descriptor: descriptor, reactor: reactor) { worker.accept($0, from: $1) }
        reactor.add(listener, edgeTriggered: false)
        guard reactor.index == 0 else { return }
        worker.watchEngine()
        worker.watchNode()
        if let descriptor = self.metricsDescriptor {
          let listener = Listener(descriptor: descriptor, reactor: reactor) {
            worker.accept($0, from: $1, for: .observing)
          }
          reactor.add(listener, edgeTriggered: false)
        }
      }
    }
    let answers = NodeAnswers(workers)
    node.engine.cluster?.join(as: node.name, status: { [node] in node.status }, answering: { await answers.answer($0) })
    node.log.info(
      "listening",
      [LogField("address", address), LogField("node", node.name), LogField("version", Self.version)]
        + (metricsAddress.map { [LogField("metrics", $0)] } ?? []))
    guard policy.authenticator.isOpen else { return }
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
    let (time, began) = (node.settings.drain, workers[0].reactor.kernel.now())
    node.webhooks?.hurry()
    // Who is told of connections hears of the last ones too: a part of the time is kept for that.
    let share = node.webhooks?.tellsAnybody == true ? time * Self.connectionsShare : time
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.tellOthers(until: began + time) { await $0.announce() } }
      for worker in workers {
        group.addTask { await worker.perform { await Drain(worker: $0, time: share).run() } }
      }
    }
    await flushWebhooks(until: began + time)
    await tellOthers(until: began + time) { await $0.leave() }
    node.log.info("drained", [LogField("connections", node.connections.load(ordering: .relaxed))])
  }

  /// How much of a drain's time is for the connections, where somebody is told of them.
  private static let connectionsShare = 0.8

  /// What the end of the connections means for rooms is told too, if there is time for it.
  private func flushWebhooks(until end: Moment) async {
    let reactor = workers[0].reactor
    for home in node.directory.homes { _ = await home.count }
    await node.webhooks?.flush(within: max(.zero, end - reactor.kernel.now()))
  }

  /// What takes longer is not waited for: the others see by the lease that this node is gone.
  private func tellOthers(until end: Moment, _ body: @escaping @Sendable (any Cluster) async -> Void) async {
    guard let cluster = node.engine.cluster else { return }
    let reactor = workers[0].reactor
    let limit = min(Self.longestWord, max(Self.shortestWord, end - reactor.kernel.now()))
    let (waiting, done) = AsyncStream<Never>.makeStream()
    Task(executorPreference: reactor) {
      await body(cluster)
      done.finish()
    }
    Task(executorPreference: reactor) {
      await reactor.sleep(for: limit)
      done.finish()
    }
    for await _ in waiting {}
  }

  /// How long a word to the others may take; the goodbye has a moment also where the connections took all the time.
  private static let longestWord = Duration.seconds(1)
  private static let shortestWord = Duration.milliseconds(100)

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
  init(_ settings: Settings, _ namespaces: NamespaceBook) {
    self.init(
      rules: { namespaces.rules(for: $0) },
      historyPerReactor: max(1, settings.history.node.bytes / settings.reactors),
      roomsPerReactor: max(1, settings.rooms / settings.reactors),
      presence: PresenceLimits(
        lease: settings.presence.lease, leave: settings.presence.leave, snapshot: settings.presence.snapshot))
  }
}

extension MemoryEngine {
  package convenience init(_ settings: Settings, makeEpoch: @escaping @Sendable () -> String = randomEpoch) {
    self.init(
      limits: MemoryEngineLimits(
        remember: settings.remember.time, rememberedRooms: settings.remember.rooms,
        idempotency: settings.idempotency.time, idempotencyKeys: settings.idempotency.keys),
      makeEpoch: makeEpoch)
  }
}
