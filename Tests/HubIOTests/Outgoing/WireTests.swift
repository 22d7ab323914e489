import HubIO
import Testing

@Suite struct WireTests {
  @Test func `a peer that says nothing is asked once, and then given up`() async {
    let (asked, isOver) = await BlockingThread.run { () -> (String, Bool) in
      let pair = WirePair()
      defer { pair.end() }
      pair.client.askAfterSilence(of: .milliseconds(20), endingAfter: .milliseconds(20)) { Array("there?".utf8) }
      while !pair.client.fellSilent { pair.reactor.turn(sleeping: true) }
      _ = pair.run { !pair.received.isEmpty }
      return (String(decoding: pair.received, as: UTF8.self), pair.client.channel.isClosed)
    }
    #expect(asked == "there?" && isOver)
  }
}
