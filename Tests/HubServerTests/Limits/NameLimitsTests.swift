import HubWire
import Testing

@testable import HubServer

@Suite struct NameLimitsTests {
  private static let narrow = NameLimits(room: 3, event: 2)

  private static func refusal(_ body: () throws(HubError) -> Void) -> HubError? {
    do throws(HubError) {
      try body()
      return nil
    } catch { return error }
  }

  @Test func `names up to the limit pass, one byte more does not, and the error names the setting`() throws {
    let room = try RoomName("abc")
    let longRoom = try RoomName("abcd")
    #expect(Self.refusal { () throws(HubError) in try Self.narrow.check(room) } == nil)
    let roomError = Self.refusal { () throws(HubError) in try Self.narrow.check(longRoom) }
    #expect(roomError?.code == .invalidRoom && roomError?.detail.contains("`limits.roomName`") == true)
    // Bytes and not characters.
    let event = try EventName("é")
    let longEvent = try EventName("éa")
    #expect(Self.refusal { () throws(HubError) in try Self.narrow.check(event) } == nil)
    let eventError = Self.refusal { () throws(HubError) in try Self.narrow.check(longEvent) }
    #expect(eventError?.code == .invalidEvent && eventError?.detail.contains("`limits.eventName`") == true)
  }

  @Test func `an event without a name is never too long`() throws {
    try Self.narrow.check(EventName.message)
  }

  @Test func `by default every name that there can be passes`() throws {
    let name = String(repeating: "x", count: 200)
    try NameLimits(LimitSettings()).check(try RoomName(name))
    try NameLimits(LimitSettings()).check(try EventName(name))
  }

  @Test func `a client's message with a longer name is answered with the error and its id`() {
    let session = Session(maximumRooms: 10, isDraining: false, grant: .open, names: Self.narrow)
    let messages: [(String, ErrorCode)] = [
      (#"{"type":"subscribe","id":7,"room":"abcd"}"#, .invalidRoom),
      (#"{"type":"unsubscribe","id":7,"room":"abcd"}"#, .invalidRoom),
      (#"{"type":"history","id":7,"room":"abcd"}"#, .invalidRoom),
      (#"{"type":"publish","id":7,"room":"abcd","data":1}"#, .invalidRoom),
      (#"{"type":"publish","id":7,"room":"abc","event":"xyz","data":1}"#, .invalidEvent),
    ]
    for (message, code) in messages {
      let actions = session.receive(Array(message.utf8), subscribed: [])
      guard case .fail(let error, let id, _)? = actions.first else {
        Issue.record("\(message) was not refused")
        continue
      }
      #expect(error.code == code && id == RequestID(7), "\(message)")
    }
  }
}
