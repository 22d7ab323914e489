import HubIO
import HubTesting
import HubWire

@testable import HubRooms
@testable import HubServer

/// A stepped hub with a publisher, in which things happen one after another. Runs on a thread of its own.
final class SteppedScene {
  let hub: SteppedHub
  let publisher = SimulatedPublisher(name: "p")
  private(set) var problems: [String] = []
  private(set) var answers: [(data: String, position: Position?)] = []

  init(
    seed: UInt64, reactors: Int = 2, settings: Settings, engine: (any Engine)? = nil,
    participants: [any Participant] = []
  ) {
    hub = SteppedHub(seed: seed, reactors: reactors, settings: settings, engine: engine)
    hub.stepped.participants += participants + [publisher]
    publisher.answered = { [unowned self] post, position, _ in answers.append((post.data, position)) }
    publisher.open(hub.connect(SimulatedLink.Conduct()))
  }

  static var settings: Settings { Settings(machine: Machine(cores: 1, descriptors: 1000)) }

  /// Goes on until it is so.
  func wait(_ what: String, _ isDone: () -> Bool) {
    if !hub.stepped.run(limit: 100_000, until: isDone) { problems.append("never: \(what)") }
  }

  func note(_ problem: String) { problems.append(problem) }

  /// A WebSocket that is subscribed.
  func socket(_ name: String, in room: String, _ conduct: SimulatedLink.Conduct = .init()) -> SimulatedWebSocket {
    let socket = SimulatedWebSocket(name: name)
    hub.stepped.participants.append(socket)
    socket.open(hub.connect(conduct))
    wait("\(name) is open") { socket.isOpen }
    socket.subscribe([room])
    wait("\(name) is subscribed") { socket.watch(room)?.isSubscribed == true }
    return socket
  }

  /// An event stream that is subscribed.
  func stream(_ name: String, rooms: [String], _ conduct: SimulatedLink.Conduct = .init()) -> SimulatedEventStream {
    let stream = SimulatedEventStream(name: name, rooms: rooms)
    hub.stepped.participants.append(stream)
    stream.open(hub.connect(conduct))
    wait("\(name) is subscribed") { stream.rooms.allSatisfy(\.isSubscribed) }
    return stream
  }

  /// Posts one after another, each when the one before has been answered.
  func publish(_ count: Int = 1, to room: String, _ text: String = "x") {
    for _ in 0..<count {
      publisher.post(SimulatedPublisher.Post(room: room, data: "\"\(text)\(answers.count)\""))
      wait("an answer") { !publisher.isWaiting }
    }
  }

  /// Runs `body` on the room's home, and returns when it is done.
  func onHome(of room: String, _ body: @escaping @Sendable (Rooms, RoomName) async throws -> Void) {
    guard let name = try? RoomName(room) else { return note("no room is called \(room)") }
    let home = hub.node.directory.home(of: name)
    let result = Lock<String?>(nil)
    Task(executorPreference: home.reactor) {
      do { try await body(home, name) } catch { return result.withLock { $0 = "\(error)" } }
      result.withLock { $0 = "" }
    }
    wait("something is done in \(room)") { result.withLock { $0 != nil } }
    if let text = result.withLock({ $0 }), !text.isEmpty { note(text) }
  }

  func delete(_ room: String) {
    onHome(of: room) { try await $0.delete($1) }
  }
}
