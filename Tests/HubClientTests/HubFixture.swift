import Glibc
import HubIO
import HubServer
import HubWire
import Synchronization

@testable import HubClient

/// A hub in this process, for all tests; each has rooms of its own.
enum HubFixture {
  static let url: HubURL = {
    var settings = Settings()
    settings.port = 0
    settings.reactors = 2
    settings.history.room.events = 20_000
    let hub = try! Hub(settings: settings, log: Log(style: .json, descriptor: open("/dev/null", O_WRONLY)))
    hub.start()
    return try! HubURL("http://\(hub.address)")
  }()

  /// The data of the room's events, up to a thousand, as the hub keeps them.
  static func data(of room: RoomName, at url: HubURL = url) async throws -> [String] {
    let request = HTTPRequestHead(
      method: .get, target: "/v1/rooms/\(room)/events?after=earliest&limit=1000", host: url.hostField, fields: [:])
    let answer = try await Task(executorPreference: ClientReactor.shared) {
      let wire = try await url.peer.dial(on: ClientReactor.shared, within: .seconds(10))
      defer { wire.close() }
      wire.send(request.encode(body: []))
      return try await HTTPLine(wire: wire).answer()
    }.value
    guard let events = try JSONObject(parsing: answer.body).present("events") else { return [] }
    return try JSONArray(events, maximum: 1_000, name: "events").elements.map { event in
      let data = try JSONObject(event).value("data")
      return String(decoding: data?.raw ?? [], as: UTF8.self)
    }
  }
}

/// Envelopes for one room, with the numbers from 1 on as their data.
struct NumberedEnvelopes: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = Never

  let room: RoomName
  let count: Int
  /// Told of each that is taken.
  var read: ReadCount?

  func makeAsyncIterator() -> Iterator { Iterator(room: room, count: count, read: read) }

  struct Iterator: AsyncIteratorProtocol {
    let room: RoomName
    let count: Int
    let read: ReadCount?
    private var number = 0

    init(room: RoomName, count: Int, read: ReadCount?) {
      self.room = room
      self.count = count
      self.read = read
    }

    mutating func next() async -> [UInt8]? {
      guard number < count else { return nil }
      number += 1
      read?.add()
      return Array(#"{"room":"\#(room)","data":\#(number)}"#.utf8)
    }
  }
}

/// How many lines were taken from a source.
final class ReadCount: Sendable {
  private let value = Atomic(0)
  var count: Int { value.load(ordering: .relaxed) }

  func add() {
    value.add(1, ordering: .relaxed)
  }
}

extension HubURL {
  /// Without a credential.
  var peer: HubPeer { HubPeer(url: self, authorities: .system, credential: nil) }
}

extension EventPublisher {
  init(url: HubURL, options: Options = Options()) {
    self.init(peer: url.peer, options: options)
  }
}

extension Roomcast {
  /// One whose waits are those of the backoff.
  init(_ url: HubURL, backoff: Backoff, bufferedBytes: Int = 1 << 20) {
    var options = Options()
    options.backoff = backoff
    options.bufferedBytes = bufferedBytes
    self.init(url: url, options: options)
  }
}

extension HubRoom {
  /// Its next `count` events, each `OFFSET DATA`.
  func collect(_ count: Int) async throws -> [String] {
    var collected: [String] = []
    if count == 0 { return collected }
    for try await event in self {
      collected.append("\(event.offset ?? 0) \(String(decoding: event.data, as: UTF8.self))")
      if collected.count == count { break }
    }
    return collected
  }
}
