import Testing

@testable import HubClient

@Suite struct PrintableTextTests {
  @Test func `what steers a terminal is shown as a question mark`() {
    #expect(PrintableText.line("a\u{1B}[2J\u{7F}\u{9B}5n\r\n\0") == "a?[2J??5n???")
  }

  @Test func `a tab is a blank, and all else stays`() {
    #expect(PrintableText.line("a\tb") == "a b" && PrintableText.line("ä…█👍 ~") == "ä…█👍 ~")
  }

  @Test func `lines stay lines`() {
    #expect(PrintableText.lines("a\n\u{1B}b\r\n") == "a\n?b?\n")
  }
}
