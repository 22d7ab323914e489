import HubWire
import Testing

@Suite struct SSECursorTests {
  private func rooms(_ names: String...) throws -> [RoomName] { try names.map { try RoomName($0) } }

  private let positions = [Position(epoch: "k3J9", offset: 1042), Position(epoch: "x", offset: 0)]

  @Test func `a cursor is read as it was written`() throws {
    let rooms = try rooms("a", "chat:1")
    let cursor = SSECursor(rooms: rooms, positions: positions)
    #expect(cursor.text.hasSuffix("~k3J9-1042~x-0"))
    #expect(try SSECursor(parsing: cursor.text, rooms: rooms) == cursor)
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    #expect(cursor.text.allSatisfy(allowed.contains))
    let many = try (0..<32).map { try RoomName("room\($0)") }
    let long = SSECursor(rooms: many, positions: many.indices.map { Position(epoch: "e", offset: UInt64($0)) })
    #expect(try SSECursor(parsing: long.text, rooms: many) == long)
  }

  /// Clients keep cursors across a hub's restarts and versions, so the text must not change.
  @Test func `the text of a cursor is stable`() throws {
    #expect(SSECursor(rooms: try rooms("a", "b"), positions: positions).text == "8709d1c6~k3J9-1042~x-0")
  }

  @Test func `a cursor of other rooms, or in another order, is INVALID_POSITION`() throws {
    let cursor = SSECursor(rooms: try rooms("ab", "c"), positions: positions)
    for other in [try rooms("c", "ab"), try rooms("a", "bc"), try rooms("ab"), try rooms("ab", "c", "d")] {
      #expect { try SSECursor(parsing: cursor.text, rooms: other) } throws: {
        ($0 as? HubError)?.code == .invalidPosition
      }
    }
  }

  @Test func `what is malformed is INVALID_POSITION`() throws {
    let rooms = try rooms("a", "b")
    let text = SSECursor(rooms: rooms, positions: positions).text
    for wrong in [
      "", "~", "k3J9-1042", text + "~x-1", text + "~", String(text.dropLast()), "0" + text, "~" + text,
      text.replacing("x-0", with: "earliest"), text.uppercased() + "x",
    ] {
      #expect { try SSECursor(parsing: wrong, rooms: rooms) } throws: { ($0 as? HubError)?.code == .invalidPosition }
    }
  }

  @Test func `positions go on one by one`() throws {
    let rooms = try rooms("a", "b")
    var cursor = SSECursor(rooms: rooms, positions: positions)
    cursor.positions[1] = Position(epoch: "x", offset: 9)
    #expect(try SSECursor(parsing: cursor.text, rooms: rooms).positions.map(\.offset) == [1042, 9])
  }
}
