import HubTesting
import HubWire
import Testing

@Suite struct RESPCommandTests {
  @Test func `A command is an array of strings`() {
    var output = Array("before".utf8)
    RESPCommand("SET", .text("ключ"), .bytes([0, 13, 10, 255]), "PX", 1_000, .number(-5)).append(to: &output)
    let wanted =
      Array("before*6\r\n$3\r\nSET\r\n$8\r\nключ\r\n$4\r\n".utf8) + [0, 13, 10, 255]
      + Array("\r\n$2\r\nPX\r\n$4\r\n1000\r\n$2\r\n-5\r\n".utf8)
    #expect(output == wanted)
  }

  @Test(arguments: [0, 9, 10, 99, 100, 9_999, 10_000, 12_345_678, .max, -1, -10, .min])
  func `A number is written in its digits`(number: Int) {
    let command = RESPCommand("N", .number(number))
    var output: [UInt8] = []
    command.append(to: &output)
    #expect(output.count == command.byteCount)
    #expect(RESPReceived([output]).values == [.array([.bulk([78]), .bulk(Array("\(number)".utf8))])])
    #expect(RESPReceived([output]).values.first?.array?.last?.integer == number)
  }

  @Test(arguments: Seeds.run(100))
  func `Commands in one buffer are read back`(seed: UInt64) {
    var random = RandomRESP(seed: seed)
    var output: [UInt8] = []
    var wanted: [RESPValue] = []
    for _ in 0..<random.dice.number(in: 1...20) {
      let words = (0..<random.dice.number(in: 1...12)).map { _ in random.bytes(upTo: 120) }
      let command = RESPCommand(words.map { .bytes($0) })
      let before = output.count
      command.append(to: &output)
      #expect(output.count - before == command.byteCount)
      wanted.append(.array(words.map { .bulk($0) }))
    }
    #expect(RESPReceived(random.cut(output)).values == wanted)
  }
}
