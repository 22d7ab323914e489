import HubWire
import Testing

@Suite struct ConnectionIDTests {
  @Test func `an id is read as it was written, with its leading zeros`() {
    for id in [ConnectionID(high: 0, low: 0), ConnectionID(high: 1, low: .max), .random(), .random()] {
      #expect(id.description.utf8.count == 32)
      #expect(ConnectionID(id.description) == id)
    }
    #expect(ConnectionID.random() != ConnectionID.random())
  }

  @Test(arguments: [
    "", "0", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0", "0123456789ABCDEF0123456789abcdef",
    "+123456789abcdef0123456789abcdef", "0123456789abcdefg123456789abcdef", "é123456789abcdef0123456789abcde",
  ])
  func `what is not 32 lower-case digits is none`(_ text: String) {
    #expect(ConnectionID(text) == nil)
  }
}
