import Glibc
import HubClient
import HubServer
import HubWire

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
}

/// Envelopes for one room, with the numbers from 1 on as their data.
struct NumberedEnvelopes: AsyncSequence, Sendable {
  typealias Element = [UInt8]
  typealias Failure = Never

  let room: RoomName
  let count: Int

  func makeAsyncIterator() -> Iterator { Iterator(room: room, count: count) }

  struct Iterator: AsyncIteratorProtocol {
    let room: RoomName
    let count: Int
    private var number = 0

    init(room: RoomName, count: Int) {
      self.room = room
      self.count = count
    }

    mutating func next() async -> [UInt8]? {
      guard number < count else { return nil }
      number += 1
      return Array(#"{"room":"\#(room)","data":\#(number)}"#.utf8)
    }
  }
}

extension RoomClient {
  /// The next `count` events, each `OFFSET DATA`.
  func collect(_ count: Int) async -> [String] {
    var collected: [String] = []
    if count == 0 { return collected }
    for await case .event(let event) in events {
      collected.append("\(event.offset ?? 0) \(String(decoding: event.data, as: UTF8.self))")
      if collected.count == count { break }
    }
    return collected
  }
}
