import HubWire
import Testing

@testable import HubClient

/// An exchange with a hub as it might be written down, and the states that follow from it.
@Suite struct ConnectionStatesTests {
  private static let welcome = #"{"type":"welcome","connection":"c","node":"n","ping":25}"#
  private static let lost = ConnectionState.offline(reason: "lost", retryIn: .seconds(1))

  private struct Scene {
    var ledger: RoomLedger
    var states = ConnectionStates()
    var seen: [ConnectionState] = []

    init(_ rooms: [String]) throws {
      ledger = RoomLedger(try rooms.map { (try RoomName($0), .earliest) })
    }

    mutating func connects() {
      states.connects()
      note()
    }

    mutating func ends() {
      states.ended(reason: "lost", retryIn: .seconds(1))
      ledger.connectionEnded()
      note()
    }

    mutating func hears(_ message: String) throws {
      for case .welcomed in try ledger.receive(Array(message.utf8)) { states.welcomed() }
      note()
    }

    mutating func subscribed(_ room: String, _ id: Int, newest: Int) throws {
      try hears(
        #"{"type":"subscribed","id":\#(id),"room":"\#(room)","position":"e-0","recovered":true,"newest":"e-\#(newest)"}"#
      )
    }

    mutating func event(_ room: String, _ offset: Int) throws {
      try hears(
        #"{"type":"event","room":"\#(room)","offset":\#(offset),"position":"e-\#(offset)","event":"x","data":1,"time":2}"#
      )
    }

    mutating func note() {
      states.progressed(isUpToDate: ledger.isUpToDate)
      if seen.last != states.state { seen.append(states.state) }
    }
  }

  @Test func `a client is live once every room has come to its newest`() throws {
    var scene = try Scene(["a", "b"])
    scene.connects()
    try scene.hears(Self.welcome)
    try scene.subscribed("a", 1, newest: 2)
    try scene.subscribed("b", 1, newest: 1)
    try scene.event("a", 1)
    try scene.event("a", 2)
    #expect(scene.seen == [.connecting, .catchingUp])
    try scene.event("b", 1)
    #expect(scene.seen == [.connecting, .catchingUp, .live])
  }

  @Test func `after a loss it catches up again, and says so`() throws {
    var scene = try Scene(["a"])
    scene.connects()
    try scene.hears(Self.welcome)
    try scene.subscribed("a", 1, newest: 0)
    scene.ends()
    scene.connects()
    scene.ends()
    scene.connects()
    try scene.hears(Self.welcome)
    try scene.subscribed("a", 2, newest: 0)
    #expect(
      scene.seen == [
        .connecting, .catchingUp, .live, Self.lost, .connecting, Self.lost, .connecting, .catchingUp, .live,
      ])
  }

  @Test func `a room that comes later is caught up with`() throws {
    var scene = try Scene([])
    scene.connects()
    try scene.hears(Self.welcome)
    #expect(scene.seen == [.connecting, .live])
    scene.ledger.add(RoomWish(try RoomName("a"), after: .earliest))
    _ = scene.ledger.requests()
    scene.note()
    try scene.subscribed("a", 1, newest: 1)
    try scene.event("a", 1)
    #expect(scene.seen == [.connecting, .live, .catchingUp, .live])
  }

  @Test func `what comes before the welcome, or without a connection, changes nothing`() throws {
    var states = ConnectionStates()
    states.progressed(isUpToDate: true)
    #expect(states.state == .connecting)
    states.welcomed()
    states.ended(reason: "lost", retryIn: nil)
    states.progressed(isUpToDate: true)
    #expect(states.state == .offline(reason: "lost", retryIn: nil))
  }
}
