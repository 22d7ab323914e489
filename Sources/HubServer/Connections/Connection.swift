import HubIO
import HubRooms
import HubWire

/// One client's connection, from accept to close: an actor on the reactor that accepted it.
///
/// It has a read task and, while there is something that the socket does not take at once, a write task. The read task
/// owns the end: whoever wants the connection gone closes the channel, the read task sees it and cleans up, so there is
/// one path out. HTTP is served by a first read task; when the connection becomes a stream, that task ends and a fresh,
/// shallow one begins, because a task keeps all the stack it ever needed.
actor Connection {
  nonisolated let worker: Worker
  nonisolated var unownedExecutor: UnownedSerialExecutor { worker.reactor.serial.asUnownedSerialExecutor() }
  let channel: Channel
  /// Its place in the worker's list.
  var rosterIndex = 0

  /// What it is now.
  enum Stage {
    case http(HTTPReader)
    case webSocket
    case echo
    case eventStream
    /// The last bytes are under way; what still arrives is dropped.
    case closing
  }
  var stage: Stage
  /// It is one too many: the first request is answered with that.
  var refusal: Limit?
  /// What it holds among the connections of its address; nil where those are not limited.
  var place: AddressPlace?

  // What a stream needs.
  var stream: StreamState?

  // One timer, armed for the earliest time at which something must be looked at.
  var deadline = Deadline(kind: .head, moment: Moment(nanoseconds: 0))
  var timer: (id: TimerWheel<TimerAction>.ID, moment: Moment)?

  /// Whose connection it is, by the best knowledge: the other end, or whom a trusted proxy names there, for as long as
  /// its request is answered.
  var clientAddress: IPAddress
  /// The trusted proxy at the other end; nil where there is none.
  var proxy: TrustedProxy?

  private var isWriting = false

  var node: Node { worker.node }
  var reactor: Reactor { worker.reactor }

  init(channel: Channel, worker: Worker, peer: IPAddress, refusal: Limit?, resources: ResourceSet) {
    self.channel = channel
    clientAddress = peer
    proxy = TrustedProxy(peer, worker.policy.settings.proxies)
    self.worker = worker
    self.refusal = refusal
    let settings = worker.node.settings
    stage = .http(
      HTTPReader(
        limits: HTTPLimits(headerBytes: settings.headers.bytes, headerFields: settings.headers.fields),
        bodyLimit: settings.body.bytes, resources: resources))
  }

  /// Begins to serve. Called once, on the reactor's thread.
  func start() {
    channel.owner = self
    let settings = node.settings
    setDeadline(
      .head, after: channel.tls == nil ? settings.headers.time : min(settings.handshake, settings.headers.time))
    Task.immediate(executorPreference: reactor) {
      if self.proxy?.owesHeader == true, await !self.readProxyHeader() { return self.finish() }
      await self.serveHTTP()
    }
  }

  /// Takes the connection out of everything, when its last read task ends.
  func finish() {
    if let stream {
      tellClosed()
      leaveIndex()
      leaveSeat()
      leaveRooms()
      if stream.isWebSocket { worker.statistics.webSockets -= 1 } else { worker.statistics.eventStreams -= 1 }
      self.stream = nil
    }
    if let timer { reactor.cancel(timer.id) }
    timer = nil
    channel.close()
    channel.owner = nil
    place?.leave(node.admission)
    worker.remove(self, at: rosterIndex)
  }

  /// A request is being answered, or last bytes are not sent yet.
  var isBusy: Bool {
    switch stage {
    case .http: deadline.kind == .none || !channel.outbox.isEmpty
    case .webSocket, .echo, .eventStream, .closing: true
    }
  }

  /// Nothing more is delivered; what was pushed before stays in the outbox.
  func leaveRooms() {
    guard let subscriptions = stream?.subscriptions else { return }
    stream?.subscriptions = []
    worker.fanout.assumeIsolated { fanout in
      for subscription in subscriptions { fanout.leave(subscription) }
    }
  }

  /// Counts an error that the client was told.
  func count(_ code: ErrorCode) {
    worker.count(code)
  }

  // MARK: The write task

  /// Runs while the socket does not take everything at once, or a subscription has to be read on from history.
  private func write() async {
    while !channel.isClosed {
      if channel.isBlocked {
        await channel.waitWritable()
        channel.flush()
      } else if !channel.outbox.isEmpty {
        channel.flush()
      } else if let behind = stream?.subscriptions.first(where: \.isBehind) {
        await worker.fanout.catchUp(behind)
        stream?.rotate(behind)
      } else {
        break
      }
    }
    isWriting = false
  }

  func startWriting() {
    if isWriting || channel.isClosed { return }
    isWriting = true
    Task(executorPreference: reactor) { await self.write() }
  }
}

extension Connection: ChannelOwner {
  nonisolated func channelBlocked(_ channel: Channel) {
    assumeIsolated { $0.startWriting() }
  }

  /// The read task finds the closed channel and cleans up.
  nonisolated func channelBroke(_ channel: Channel) {
    channel.close()
  }
}
