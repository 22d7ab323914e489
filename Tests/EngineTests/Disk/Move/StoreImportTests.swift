import HubRooms
import HubWire
import Testing

@testable import HubDisk

/// What an import refuses, and what becomes of the rest.
@Suite struct StoreImportTests {
  private static func line(_ room: String, _ position: String, _ rest: String = #""data":1"#) -> String {
    #"{"room":"\#(room)","position":"\#(position)","event":"n",\#(rest),"time":5}"#
  }

  @Test func `a room may begin at any offset, and others go on after one is refused`() throws {
    let copy = TemporaryDirectory()
    let lines = [
      Self.line("a", "e-7"), Self.line("a", "e-8"), Self.line("a", "e-10"), Self.line("b", "f-1"),
      Self.line("a", "e-9"), Self.line("a", "e-10"), Self.line("b", "f-2"),
    ]
    let (report, refused) = try StoreSamples.load(lines, into: copy)
    #expect(refused == [3: "INVALID_POSITION: a ends at e-8, and e-10 would leave a hole after it"])
    #expect((report.events, report.rooms, report.refused, report.leftOut) == (4, 2, 1, 2))
    #expect(try StoreSamples.export(copy) == [lines[0], lines[1], lines[3], lines[6]])
    #expect(try StoreSamples.check(copy).isRight)
  }

  @Test func `an offset that leaves no space for what comes later is refused`() throws {
    let place = { (room: String, offset: Int64) in #"{"room":"\#(room)","position":"e-\#(offset)"}"# }
    let lines = [place("a", 9_007_199_254_740_992), place("b", 9_007_199_254_740_993), place("c", .max - 1)]
    #expect(try StoreSamples.load(lines, into: TemporaryDirectory()).refused.keys.sorted() == [2, 3])
  }

  @Test func `the same position with other data is refused`() throws {
    let copy = TemporaryDirectory()
    let lines = [Self.line("a", "e-1"), Self.line("a", "e-2")]
    try StoreSamples.load(lines, into: copy)
    let others = [
      Self.line("a", "e-1", #""data":2"#), Self.line("a", "e-1", #""dataBase64":"MQ==""#),
      Self.line("a", "e-1", #""data":1,"user":"u""#), Self.line("a", "e-1", #""data":1,"trace":"t""#),
      Self.line("a", "e-1", #""data":1,"excluded":"\#(String(repeating: "0", count: 32))""#),
      Self.line("a", "e-1").replacing("\"n\"", with: "\"m\""), Self.line("a", "e-1").replacing("5", with: "6"),
    ]
    for other in others {
      let (report, refused) = try StoreSamples.load([other, lines[1]], into: copy)
      #expect(refused[1]?.hasPrefix("CONFLICT: the store has another event at e-1 in a") == true, "\(other)")
      #expect(report.refused == 1 && report.leftOut == 1)
    }
    // Also where both are in one run.
    #expect(
      try StoreSamples.load([Self.line("b", "e-1"), Self.line("b", "e-1", #""data":2"#)], into: copy).refused.count == 1
    )
    #expect(try StoreSamples.export(copy, "a") == lines)
  }

  @Test func `another epoch than the room has is refused`() throws {
    let copy = TemporaryDirectory()
    let (_, refused) = try StoreSamples.load([Self.line("a", "e-1"), Self.line("a", "f-2")], into: copy)
    #expect(refused[2]?.contains("a stands at e-1 in this store, which is another history than that of f-2") == true)
  }

  @Test func `what is older than what a room keeps is passed over`() throws {
    let copy = TemporaryDirectory()
    let (report, refused) = try StoreSamples.load(
      [Self.line("a", "e-5"), Self.line("a", "e-3"), Self.line("a", "e-6")], into: copy)
    #expect(refused.isEmpty && report.events == 2 && report.older == 1)
  }

  @Test func `a place ahead of a room's last event says that events are missing`() throws {
    let copy = TemporaryDirectory()
    let lines = [
      Self.line("a", "e-1"), #"{"room":"a","position":"e-2"}"#, #"{"room":"b","position":"e-4"}"#,
      #"{"room":"b","position":"e-4"}"#, Self.line("b", "e-5"), #"{"room":"b","position":"e-9"}"#,
    ]
    let (report, refused) = try StoreSamples.load(lines, into: copy)
    #expect(refused.keys.sorted() == [2, 6])
    #expect(refused[2]?.contains("its event e-2 is missing") == true)
    #expect(report.known == 1 && report.events == 2)
    #expect(try StoreSamples.check(copy).isRight)
    #expect(try StoreSamples.export(copy) == [lines[0], lines[4]])
  }

  @Test(arguments: [
    ("", "INVALID_JSON"), ("{", "INVALID_JSON"), ("[]", "INVALID_REQUEST"), ("{}", "`room` is missing"),
    (#"{"room":"a b","position":"e-1"}"#, "INVALID_ROOM"), (#"{"room":"a"}"#, "`position` is missing"),
    (#"{"room":"a","position":"e"}"#, "INVALID_POSITION"), (#"{"room":"a","position":"e-0"}"#, "no event stands at"),
    (#"{"room":"a","position":"e-9223372036854775807"}"#, "no event stands at"),
    (#"{"room":"a","position":"e-1","event":"n","time":1}"#, "`data` or `dataBase64` is missing"),
    (#"{"room":"a","position":"e-1","event":"n","data":1}"#, "`time` is missing"),
    (#"{"room":"a","position":"e-1","event":"n","data":1,"time":-1}"#, "`time` must be"),
    (#"{"room":"a","position":"e-1","data":1,"time":1}"#, "`event` is missing"),
    (#"{"room":"a","position":"e-1","event":"roomcast:x","data":1,"time":1}"#, "INVALID_EVENT"),
    (#"{"room":"a","position":"e-1","event":"n","dataBase64":"?","time":1}"#, "not base64"),
    (#"{"room":"a","position":"e-1","event":"n","data":1,"dataBase64":"","time":1}"#, "not both"),
    (#"{"room":"a","position":"e-1","event":"n","data":1,"time":1,"excluded":"x"}"#, "`excluded` must be"),
    (#"{"room":"a","position":"e-1","event":"n","data":1,"time":1,"offset":1}"#, "no field `offset`"),
  ]) func `a malformed line is refused`(line: String, reason: String) throws {
    let copy = TemporaryDirectory()
    let (report, refused) = try StoreSamples.load([line, Self.line("z", "e-1")], into: copy)
    #expect(refused[1]?.contains(reason) == true, "\(refused)")
    #expect(report.refused == 1 && report.events == 1)
  }

  @Test func `data is nested as deeply as it can be published, and no deeper`() throws {
    let copy = TemporaryDirectory()
    func data(_ depth: Int) -> String {
      #""data":\#(String(repeating: "[", count: depth))\#(String(repeating: "]", count: depth))"#
    }
    let lines = [Self.line("a", "e-1", data(256)), Self.line("b", "e-1", data(257))]
    #expect(try StoreSamples.load(lines, into: copy).refused.keys.sorted() == [2])
    #expect(try StoreSamples.export(copy) == [lines[0]])
  }

  @Test func `a store that a hub runs on is left alone`() throws {
    let rig = try EngineRig()
    #expect { try StoreImport(rig.directory.path) } throws: { ($0 as? DiskError)?.kind == .locked }
  }

  @Test func `rooms that the store has already go on beside those that come`() async throws {
    let rig = try EngineRig()
    _ = await rig.append("old")
    rig.disk?.stop()
    let directory = rig.directory
    rig.crash()
    try StoreSamples.load([Self.line("new", "e-3")], into: directory)
    let both = try EngineRig(directory: directory)
    #expect(try await both.open("old").newest.offset == 1)
    #expect(try await both.open("new") == RoomPlace(newest: Position(epoch: "e", offset: 3), oldest: 3))
    #expect(await both.append("third").fresh?.offset == 1)
    #expect(try StoreSamples.check(directory).isRight)
  }
}
