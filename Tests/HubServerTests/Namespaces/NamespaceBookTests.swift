import HubIO
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubServer

@Suite struct NamespaceBookTests {
  @Test func `of the entries that cover a namespace the most exact counts, in any order`() {
    for seed in Seeds.run(100) {
      var random = SeededRandom(seed: seed)
      let names = ["*", "a*", "ab*", "ab", "abc*", "abc", "b", "b*"].filter { _ in random.once(in: 2) }
      let entries = names.sorted { _, _ in random.once(in: 2) }.compactMap { name -> NamespaceSettings? in
        guard let pattern = try? RoomPattern(name) else { return nil }
        return NamespaceSettings(name: pattern)
      }
      guard let book = try? NamespaceBook.of(entries) else { return }
      for namespace in ["a", "ab", "abc", "abcd", "b", "bc", "c"] {
        for name in [namespace, namespace + ":1", namespace + ":a:b"] {
          guard let room = try? RoomName(name) else { continue }
          let covering = names.filter { $0.hasSuffix("*") ? namespace.hasPrefix($0.dropLast()) : $0 == namespace }
          let expected = covering.first { $0 == namespace } ?? covering.max { $0.count < $1.count } ?? "*"
          #expect(book.settings(for: room).name.text == expected, "ROOMCAST_SEED=\(seed)")
        }
      }
    }
  }

  @Test func `a namespace keeps what it says, and memory no more than its own bounds where there is a disk`() throws {
    var namespace = NamespaceSettings(name: try RoomPattern("a"))
    namespace.history.events = 5_000
    namespace.history.age = .seconds(7)
    func rules(_ engine: EngineAddress, _ room: String) throws -> RoomRules {
      try NamespaceBook.of([namespace]) { settings in
        settings.engine = engine
        settings.history.room.events = 1_000
        settings.history.room.age = .seconds(60)
        settings.history.room.bytes = 1 << 20
        settings.disk.room.events = 9_000
        settings.disk.room.age = .seconds(600)
        settings.disk.room.bytes = 1 << 25
      }.rules(for: RoomName(room))
    }
    let memory = try rules(.memory, "a:1")
    #expect(memory.history == HistoryLimit(events: 5_000, age: 7_000, bytes: 1 << 20) && memory.stored == nil)
    let disk = try rules(.disk(directory: "/x"), "a:1")
    #expect(disk.history == HistoryLimit(events: 1_000, age: 7_000, bytes: 1 << 20))
    #expect(disk.stored == HistoryLimit(events: 5_000, age: 7_000, bytes: 1 << 25))
    let other = try rules(.disk(directory: "/x"), "b")
    #expect(other.history == HistoryLimit(events: 1_000, age: 60_000, bytes: 1 << 20))
    #expect(other.stored == HistoryLimit(events: 9_000, age: 600_000, bytes: 1 << 25))
  }

  @Test func `what a namespace says reaches the rooms`() throws {
    var namespace = NamespaceSettings(name: try RoomPattern("a"))
    namespace.slow = .gap
    namespace.lastValue = true
    namespace.presence = true
    namespace.webhooks = NamespaceWebhookSettings(target: "a")
    let book = try NamespaceBook.of([namespace]) { $0.remember.time = .seconds(9) }
    let rules = book.rules(for: try RoomName("a:1"))
    #expect(rules.slow == .gap && rules.keepsLast && rules.hasPresence && !rules.isEphemeral && rules.lastAge == 9_000)
    #expect(rules.isWatched)
    let other = book.rules(for: try RoomName("b"))
    #expect(other.slow == .catchUp && !other.keepsLast && !other.hasPresence && !other.isWatched)
  }
}
