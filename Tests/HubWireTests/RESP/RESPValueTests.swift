import HubWire
import Testing

@Suite struct RESPValueTests {
  private func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

  @Test func `Text is had of what is text`() {
    #expect(RESPValue.simple("OK").text == "OK")
    #expect(bulk("grüß").text == "grüß")
    #expect(RESPValue.bulk([0xFF]).text == "\u{FFFD}")
    #expect(RESPValue.bigNumber("12").text == "12")
    for value in [RESPValue.null, .integer(1), .error("ERR"), .array([]), .boolean(true)] { #expect(value.text == nil) }
  }

  @Test func `Bytes are had of strings`() {
    #expect(RESPValue.bulk([0, 255]).bytes == [0, 255])
    #expect(RESPValue.simple("OK").bytes == [79, 75])
    #expect(RESPValue.null.bytes == nil && RESPValue.error("ERR").bytes == nil)
  }

  @Test func `A whole number is had of integers and of strings of digits`() {
    #expect(RESPValue.integer(-5).integer == -5)
    #expect(bulk("-9223372036854775808").integer == .min)
    #expect(RESPValue.simple("12").integer == 12)
    for text in ["", "-", "1.5", "9223372036854775808", " 1", "x"] { #expect(bulk(text).integer == nil) }
    #expect(
      RESPValue.double(1).integer == nil && RESPValue.null.integer == nil && RESPValue.boolean(true).integer == nil)
  }

  @Test func `Elements are had of every aggregate`() {
    let elements: [RESPValue] = [.integer(1), .null]
    for value in [RESPValue.array(elements), .set(elements), .map(elements), .push(elements)] {
      #expect(value.array == elements)
    }
    #expect(RESPValue.null.array == nil && bulk("a").array == nil)
  }

  @Test func `A value is found by its key in either version`() {
    let pairs: [RESPValue] = [bulk("server"), bulk("redis"), bulk("redis"), .integer(7), .simple("odd")]
    for value in [RESPValue.array(pairs), .map(Array(pairs.dropLast()))] {
      #expect(value["server"] == bulk("redis"))
      #expect(value["redis"] == .integer(7))
      #expect(value["odd"] == nil && value["absent"] == nil)
    }
    #expect(RESPValue.array([])["a"] == nil && RESPValue.array([bulk("a")])["a"] == nil && RESPValue.null["a"] == nil)
  }

  @Test func `Errors and nulls are told apart from the rest`() {
    #expect(RESPValue.error("ERR no").error == "ERR no")
    #expect(bulk("ERR no").error == nil)
    #expect(RESPValue.null.isNull && !RESPValue.bulk([]).isNull && !RESPValue.array([]).isNull)
  }
}
