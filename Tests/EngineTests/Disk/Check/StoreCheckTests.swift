import Glibc
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// A check finds every fault that is planted, and none where there is none.
@Suite struct StoreCheckTests {
  /// What is done to a store, and what the check must say.
  struct Fault: CustomTestStringConvertible {
    let sql: String
    let says: String
    var testDescription: String { sql }

    init(_ sql: String, _ says: String) {
      self.sql = sql
      self.says = says
    }
  }

  static let faults = [
    Fault("DELETE FROM events WHERE room = 1 AND offset = 1", "the room a: the event 1 is missing"),
    Fault("DELETE FROM events WHERE room = 1 AND offset = 3", "the room a: the event 3 is missing"),
    Fault("DELETE FROM events WHERE room = 2 AND offset > 3", "the room b:1: the events 4 to 5 are missing"),
    Fault(
      "UPDATE rooms SET bytes = bytes + 1 WHERE id = 2", "the room b:1: its row says 201 bytes, its events have 200"),
    Fault("UPDATE rooms SET oldest = 2 WHERE id = 1", "there is an event 1, and its row says that 2 is the oldest"),
    Fault("UPDATE rooms SET newest = 4 WHERE id = 1", "there is an event 5, and its row says that 4 is the newest"),
    Fault("UPDATE rooms SET newest = 6 WHERE id = 1", "the room a: the event 6 is missing"),
    Fault("UPDATE rooms SET oldest_time = 7 WHERE id = 1", "its row says that the oldest event is of 7, it is of 1000"),
    Fault("UPDATE rooms SET oldest_time = NULL WHERE id = 1", "the oldest event is of no time, it is of 1000"),
    Fault("UPDATE rooms SET name = 'a b' WHERE id = 1", "the room a b: its name is none"),
    Fault("UPDATE rooms SET epoch = 'a/b' WHERE id = 1", "its epoch \"a/b\" is none"),
    Fault("UPDATE rooms SET oldest = 9 WHERE id = 1", "its row says that it has the events 9 to 5"),
    Fault("UPDATE rooms SET idle_since = -1 WHERE id = 1", "`idle_since` is -1"),
    Fault("UPDATE events SET time = -1 WHERE room = 1 AND offset = 2", "the event 2: its time is -1"),
    Fault("UPDATE events SET size = 0 WHERE room = 1 AND offset = 2", "the event 2: its size is 0"),
    Fault("UPDATE events SET event = 'roomcast:x' WHERE room = 1 AND offset = 2", "the event 2: event names"),
    Fault("UPDATE events SET event = CAST(x'ff' AS TEXT) WHERE room = 1 AND offset = 2", "`event` is not UTF-8"),
    Fault("UPDATE events SET user = CAST(x'ff' AS TEXT) WHERE room = 1 AND offset = 2", "`user` is not UTF-8"),
    Fault("UPDATE events SET data = '{' WHERE room = 1 AND offset = 2", "the event 2: its data is not valid JSON"),
    Fault("UPDATE events SET data = '[1,' || char(10) || '2]' WHERE room = 1", "it has more than one line"),
    Fault("UPDATE events SET data = NULL WHERE room = 1 AND offset = 2", "it must have either data or bytes"),
    Fault("UPDATE events SET bytes = x'00' WHERE room = 1 AND offset = 2", "it must have either data or bytes"),
    Fault("UPDATE events SET excluded = 'x' WHERE room = 1 AND offset = 2", "`excluded` is no connection"),
    Fault("UPDATE events SET room = 99 WHERE room = 2", "5 events of a room 99 that has no row"),
    Fault("UPDATE events SET room = 0 WHERE room = 1 AND offset = 1", "1 event of a room 0 that has no row"),
    Fault("DELETE FROM rooms WHERE id = 1", "5 events of a room 1 that has no row"),
    Fault("INSERT INTO dropped_rooms VALUES (2)", "the room b:1 is in `dropped_rooms` too"),
    Fault("UPDATE idempotency_keys SET room = ''", "the idempotency key in row 1: it belongs to no room"),
    Fault("UPDATE idempotency_keys SET key = ''", "the key has 0 bytes"),
    Fault("UPDATE idempotency_keys SET digest = x'00'", "its digest has 1 bytes"),
    Fault("UPDATE idempotency_keys SET subscribers = -1", "it was told of -1 subscribers"),
    Fault("UPDATE idempotency_keys SET used = 1000000", "it was used at 1000000, and the store's clock shows"),
    Fault("UPDATE idempotency_keys SET offset = 6", "comes after the newest of its room, 5"),
    Fault("UPDATE idempotency_keys SET offset = 0", "its position is"),
    Fault("UPDATE idempotency_keys SET offset = NULL", "it has half a position"),
    Fault("UPDATE store SET value = '' WHERE key = 'epoch'", "the store's epoch is \"\""),
    Fault("DELETE FROM store WHERE key = 'epoch'", "the store has no epoch"),
    Fault("UPDATE store SET value = 'noon' WHERE key = 'clock'", "the store's clock shows \"noon\""),
    Fault("DROP TABLE dropped_rooms", "the tables rooms and events cannot be read to the end: no such table"),
    Fault("DROP TABLE idempotency_keys", "the table idempotency_keys cannot be read to the end: no such table"),
  ]

  @Test(arguments: faults) func `a planted fault is found`(fault: Fault) async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(directory, fault.sql)
    let report = try StoreSamples.check(directory)
    #expect(report.problems.contains { $0.what.contains(fault.says) && !$0.mend.isEmpty }, "\(report.problems)")
    #expect(!report.isRight)
  }

  @Test func `a whole store is counted`() async throws {
    let report = try StoreSamples.check(try await StoreSamples.directory())
    #expect(report.isRight, "\(report.problems)")
    #expect((report.rooms, report.events, report.keys, report.leftovers) == (2, 10, 1, 0))
    #expect(report.bytes == 400 && report.fileBytes >= 4096 && report.oldestTime == 1000 && report.schema == 1)
  }

  @Test func `whatever an engine has done is right`() async throws {
    for seed in Seeds.run(40) {
      let report = try StoreSamples.check(try await StoreSamples.random(seed: seed))
      #expect(report.isRight, "seed \(seed): \(report.problems)")
    }
  }

  @Test func `what a forgotten room has left behind is no fault`() async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(directory, "DELETE FROM rooms WHERE id = 1; INSERT INTO dropped_rooms VALUES (1)")
    let report = try StoreSamples.check(directory)
    #expect(report.isRight, "\(report.problems)")
    #expect((report.rooms, report.events, report.leftovers) == (1, 5, 5))
  }

  @Test(arguments: ["events", "rooms", "idempotency_keys"])
  func `garbage in a table is found, and the rest is looked at`(table: String) async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.breakPage(directory, of: table)
    let report = try StoreSamples.check(directory)
    #expect(report.problems.contains { $0.what.hasPrefix("the file: ") })
    #expect(report.problems.contains { $0.what.contains("\(table)") && $0.what.contains("to the end") })
    #expect(table == "idempotency_keys" ? report.events == 10 : report.keys == 1)
  }

  @Test func `many faults are counted, and a hundred are told`() async throws {
    let directory = try await StoreSamples.directory()
    try StoreSamples.change(
      directory,
      """
      WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      INSERT INTO rooms SELECT i, 'r' || i, 'e', 1, 1, 0, NULL, NULL FROM n
      """)
    let report = try StoreSamples.check(directory)
    #expect(report.problems.count == 100 && report.problemCount == 191)
  }
}
