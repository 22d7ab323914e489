import Testing

@testable import HubServer

@Suite struct HTTPDateTests {
  @Test(
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (1_763_600_000, "Thu, 20 Nov 2025 00:53:20 GMT"),
    ] as [(Int64, String)])
  func `a time as RFC 9110 writes it`(_ second: Int64, text: String) {
    #expect(HTTPDate.format(second) == text)
  }

  @Test func `the text follows the time, also backwards`() {
    var date = HTTPDate()
    for second: Int64 in [5, 5, 6, 4, 100_000, 5] { #expect(date.text(at: second) == HTTPDate.format(second)) }
  }
}
