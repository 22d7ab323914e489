import HubTesting
import HubWire
import Testing

/// What the parser reads. ``RESPRefusalTests`` has what it refuses.
@Suite struct RESPParserTests {
  static let texts: [(String, [RESPValue])] = [
    ("", []),
    ("+OK\r\n+\r\n", [.simple("OK"), .simple("")]),
    ("-ERR unknown command\r\n", [.error("ERR unknown command")]),
    ("!22\r\nSYNTAX invalid\r\nsyntax\r\n", [.error("SYNTAX invalid\r\nsyntax")]),
    (":0\r\n:-5\r\n:+7\r\n:007\r\n", [.integer(0), .integer(-5), .integer(7), .integer(7)]),
    (":9223372036854775807\r\n:-9223372036854775808\r\n", [.integer(.max), .integer(.min)]),
    ("$0\r\n\r\n$5\r\nhello\r\n$4\r\n\r\n\r\n\r\n", [.bulk([]), .bulk(Array("hello".utf8)), .bulk([13, 10, 13, 10])]),
    ("=8\r\nmkd:text\r\n=4\r\ntxt:\r\n", [.bulk(Array("text".utf8)), .bulk([])]),
    ("_\r\n$-1\r\n*-1\r\n", [.null, .null, .null]),
    ("#t\r\n#f\r\n", [.boolean(true), .boolean(false)]),
    (",1.5\r\n,10\r\n,-2e-3\r\n,.5\r\n", [.double(1.5), .double(10), .double(-0.002), .double(0.5)]),
    (",inf\r\n,+inf\r\n,-inf\r\n", [.double(.infinity), .double(.infinity), .double(-.infinity)]),
    ("(3492890328409238509324850943850943825024385\r\n", [.bigNumber("3492890328409238509324850943850943825024385")]),
    ("*0\r\n~0\r\n%0\r\n>0\r\n", [.array([]), .set([]), .map([]), .push([])]),
    ("*2\r\n*1\r\n*0\r\n_\r\n", [.array([.array([.array([])]), .null])]),
    ("%1\r\n+a\r\n~2\r\n:1\r\n:2\r\n", [.map([.simple("a"), .set([.integer(1), .integer(2)])])]),
    (">2\r\n+pubsub\r\n:1\r\n:2\r\n", [.push([.simple("pubsub"), .integer(1)]), .integer(2)]),
    ("|1\r\n+ttl\r\n:3\r\n|0\r\n*2\r\n|1\r\n+a\r\n*2\r\n_\r\n_\r\n:1\r\n:2\r\n", [.array([.integer(1), .integer(2)])]),
  ]

  @Test(arguments: texts.indices)
  func `A value is read as it is, however it is cut`(index: Int) {
    let (text, values) = Self.texts[index]
    for pieces in [[Array(text.utf8)]] + everyCut(of: Array(text.utf8)) {
      for drains in [true, false] {
        let received = RESPReceived(pieces, drains: drains)
        #expect(received.values == values)
        #expect(received.error == nil && received.isBetweenValues)
      }
    }
  }

  @Test(arguments: [",nan\r\n", ",-nan\r\n"])
  func `What is no number is a double`(text: String) {
    guard case .double(let number)? = RESPReceived(text).values.first else {
      Issue.record("it is no double")
      return
    }
    #expect(number.isNaN)
  }

  @Test(arguments: Seeds.run(200))
  func `Values are read back in order, however their bytes come`(seed: UInt64) {
    var random = RandomRESP(seed: seed)
    let values = (0..<random.dice.number(in: 1...12)).map { _ in random.value() }
    let bytes = values.flatMap { random.encode($0) }
    for _ in 0..<4 {
      let received = RESPReceived(random.cut(bytes), drains: random.dice.once(in: 2))
      #expect(received.values == values)
      #expect(received.error == nil && received.isBetweenValues)
    }
  }

  @Test(arguments: Seeds.run(20))
  func `A value that has not come whole is not told, and asks for more`(seed: UInt64) {
    var random = RandomRESP(seed: seed)
    let value = random.value()
    let bytes = random.encode(value)
    for count in 1..<bytes.count {
      let received = RESPReceived([Array(bytes[..<count])])
      #expect(received.values.isEmpty && received.error == nil && !received.isBetweenValues)
    }
  }

  /// Where the bytes before were looked at again with each piece, this would take hours.
  @Test(.timeLimit(.minutes(5)))
  func `What comes in the smallest pieces costs time in its length only`() {
    let payload = [UInt8](repeating: 7, count: 4 << 20)
    let line = String(repeating: "x", count: 1 << 20)
    let bytes = Array("*2\r\n$\(payload.count)\r\n".utf8) + payload + Array("\r\n+\(line)\r\n".utf8)
    let pieces = bytes.map { [$0] }
    let received = RESPReceived(pieces, limits: RESPLimits(line: line.utf8.count + 1))
    #expect(received.values == [.array([.bulk(payload), .simple(line)])])
  }

  @Test(.timeLimit(.minutes(5)), arguments: [true, false])
  func `Many values in one piece cost time in their length only`(isAsked: Bool) {
    var parser = RESPParser()
    let piece = Array(String(repeating: ":1\r\n$1\r\na\r\n", count: 100).utf8)
    var count = 0
    for _ in 0..<500 {
      parser.receive(piece.span)
      // One value a piece: what waits grows, and what is taken from it goes.
      if isAsked, let value = try? parser.next() { count += value == .integer(1) || value == .bulk([97]) ? 1 : 0 }
    }
    while let value = try? parser.next() { count += value == .integer(1) || value == .bulk([97]) ? 1 : 0 }
    #expect(count == 100_000)
    #expect(parser.isBetweenValues)
  }

  @Test func `Bytes that have become values are let go of`() throws {
    var parser = RESPParser()
    let piece = Array("$4000\r\n".utf8) + [UInt8](repeating: 7, count: 4_000) + [13, 10]
    parser.receive(piece.span)
    for _ in 0..<300 {
      parser.receive(Array(piece + piece).span)
      // One is left each time, so that what is taken stands before what is not.
      for _ in 0..<2 { #expect(try parser.next() != nil) }
      #expect(parser.heldBytes <= 65_536)
    }
    #expect(try parser.next() != nil)
    let long = (0..<1_000).flatMap { _ in piece }
    parser.receive(long.span)
    for _ in 0..<1_000 { #expect(try parser.next() != nil) }
    #expect(try parser.next() == nil)
    #expect(parser.heldBytes == 0)
    parser.receive(Array("$1000000\r\n".utf8).span)
    #expect(try parser.next() == nil)
    // Nothing is reserved for what was only promised.
    #expect(parser.heldBytes <= 1_000)
  }
}
