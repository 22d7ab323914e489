import HubIO
public import HubWire

/// A hub, as a client sees it: rooms to listen to over one connection that comes back and resumes, and events to publish
/// that arrive once.
///
/// ```swift
/// let hub = Roomcast(url: try HubURL("https://hub.example.org"), credential: .token { try await freshToken() })
/// for try await event in hub.room("orders") {
///   print(event.name)
/// }
/// ```
///
/// It connects with the first room that somebody listens to, and all rooms share the connection. It ends with
/// ``close()``, or when it and everything made by it are let go of.
public actor Roomcast {
  nonisolated let reactor: Reactor
  /// The thread on which all clients of the process live.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serial.asUnownedSerialExecutor() }
  nonisolated let link: Link
  nonisolated let publisher: EventPublisher
  nonisolated let options: Options

  /// Does nothing yet: the first connection is made with the first room, or the first event to publish.
  ///
  /// - Parameters:
  ///   - url: where the hub is.
  ///   - credential: a key or token; nil for a hub that lets anyone in.
  ///   - options: how patient it is, and how much it holds.
  public init(url: HubURL, credential: Credential? = nil, options: Options = Options()) {
    self.init(url: url, credential: credential, options: options, reactor: ClientReactor.shared)
  }

  init(url: HubURL, credential: Credential?, options: Options, reactor: Reactor) {
    self.reactor = reactor
    self.options = options
    let peer = HubPeer(url: url, authorities: options.authorities, credential: credential)
    link = Link(peer: peer, options: options, reactor: reactor)
    publisher = EventPublisher(peer: peer, options: EventPublisher.Options(options), reactor: reactor)
  }

  deinit {
    Task(executorPreference: reactor) { [link, publisher] in
      await link.close()
      await publisher.close()
    }
  }

  /// Says farewell to the hub, and ends every loop over rooms, events and ``states``. What is not published yet fails
  /// with ``ClientError/closed``, as does everything that is asked for afterwards.
  public func close() async {
    await link.close()
    await publisher.close()
  }

  // MARK: Listening

  /// A room of the hub. Nothing happens until somebody iterates over it.
  ///
  /// - Parameters:
  ///   - name: 1 to 200 characters of `A-Z a-z 0-9 _ - = @ , . ; :`; iterating over any other throws `INVALID_ROOM`.
  ///   - after: begin after this position, or with everything that is kept; nil for what is published from now on.
  ///   - presence: a JSON object that shows this user to the others in the room, in rooms that tell who is there; it
  ///     takes a token that names a user. Nil to look on unseen.
  ///   - onGap: awaited in the place of events that are lost, before the next event: load the room's state anew.
  public nonisolated func room(
    _ name: String, after: ResumePoint? = nil, presence: String? = nil,
    onGap: (@Sendable (Gap) async -> Void)? = nil
  ) -> HubRoom {
    HubRoom(hub: self, name: name, after: after, presence: presence, onGap: onGap)
  }

  /// Everything that happens to the connection and in some rooms, in one order, without anybody's being asked to handle
  /// errors: for a program that shows what goes on.
  ///
  /// - Parameter rooms: what ``room(_:after:presence:onGap:)`` gives; their `onGap` is not called, for gaps are among the
  ///   events. Without any, what is sent to this client's user and in rooms that the hub has chosen is still told.
  public nonisolated func events(of rooms: [HubRoom]) -> ClientEvents {
    ClientEvents(hub: self, rooms: rooms)
  }

  /// What the connection is doing now.
  public nonisolated var state: ConnectionState { link.states.current }

  /// What the connection is doing: how it is now, then each change, until ``close()``. Of a consumer that lags the
  /// sixteen newest are kept.
  public nonisolated var states: AsyncStream<ConnectionState> { link.states.stream() }
}
