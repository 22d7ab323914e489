public import HubIO
public import HubWire

/// Subscribes to rooms over one WebSocket, comes back after every loss, and resumes each room where it was.
///
/// ```swift
/// let client = RoomClient(url: try HubURL("http://127.0.0.1:8080"), rooms: [.init(try RoomName("orders"))])
/// for await case .event(let event) in client.events {
///   print(event.name)
/// }
/// ```
///
/// It connects at once, and ends when it and its ``events`` are let go of, or with ``close()``.
public final class RoomClient: Sendable {
  /// A room to subscribe to.
  public struct Room: Sendable {
    /// The room.
    public var name: RoomName
    /// Where to begin; nil for what is published from now on.
    public var after: ResumePoint?

    public init(_ name: RoomName, after: ResumePoint? = nil) {
      self.name = name
      self.after = after
    }
  }

  /// How long the client waits for what.
  public struct Timeouts: Sendable {
    /// For a connection, and for each answer until the hub's welcome.
    public var connect = Duration.seconds(10)
    /// How much longer than the hub's ping interval a connection may be silent.
    public var pong = Duration.seconds(10)
    /// How long a connection must last to be a good one, after which the backoff begins anew.
    public var proving = Duration.seconds(5)

    public init() {}
  }

  private let link: Link

  /// - Parameters:
  ///   - credential: an API key that may read the rooms, or a token; nil for a hub that lets anyone in.
  ///   - rooms: at least one; of a room given twice the first counts.
  ///   - bufferedBytes: what may wait for the consumer, roughly. From there on nothing is read from the hub, which keeps
  ///     the rest.
  public convenience init(
    url: HubURL, credential: Credential? = nil, rooms: [Room], backoff: Backoff = Backoff(),
    timeouts: Timeouts = Timeouts(), bufferedBytes: Int = 1 << 20
  ) {
    self.init(
      url: url, credential: credential, rooms: rooms, backoff: backoff, timeouts: timeouts,
      bufferedBytes: bufferedBytes, reactor: ClientReactor.shared)
  }

  init(
    url: HubURL, credential: Credential? = nil, rooms: [Room], backoff: Backoff, timeouts: Timeouts,
    bufferedBytes: Int, reactor: Reactor
  ) {
    precondition(!rooms.isEmpty, "a client subscribes to at least one room")
    let link = Link(
      url: url, credential: credential, rooms: rooms.map { ($0.name, $0.after) }, backoff: backoff, timeouts: timeouts,
      bufferedBytes: bufferedBytes, reactor: reactor)
    self.link = link
    Task(executorPreference: reactor) { await link.run() }
  }

  deinit {
    let link = link
    Task { await link.close() }
  }

  /// Says farewell to the hub, and ends ``events``.
  public func close() async {
    await link.close()
  }

  /// What happens, for one consumer; it ends after ``ClientEvent/closed(code:reason:)``, ``close()``, or when the task
  /// is cancelled.
  public var events: Events { Events(client: self) }

  /// What a client has to tell, in order.
  public struct Events: AsyncSequence, Sendable {
    public typealias Element = ClientEvent
    public typealias Failure = Never

    fileprivate let client: RoomClient

    public func makeAsyncIterator() -> Iterator { Iterator(client: client) }

    /// Takes what waits in batches, and gives it out one by one.
    public struct Iterator: AsyncIteratorProtocol {
      fileprivate let client: RoomClient
      /// Newest first.
      private var batch: [ClientEvent] = []

      fileprivate init(client: RoomClient) {
        self.client = client
      }

      public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async -> ClientEvent? {
        if batch.isEmpty { batch = await client.link.mailbox.take().reversed() }
        return batch.popLast()
      }
    }
  }
}
