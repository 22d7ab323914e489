import HubClient
import Testing

@Suite struct CredentialTests {
  @Test(arguments: ["rc_abc-DEF", "a.b.c", "x", "a~b+c/d=="])
  func `what a hub gives out is taken and never printed`(text: String) throws {
    let credential = try Credential(text)
    var dumped = ""
    dump(credential, to: &dumped)
    for shown in [
      "\(credential)", String(reflecting: credential), dumped, "\([credential])", "\(Optional(credential) as Any)",
    ] {
      #expect(shown.contains("(hidden)") || shown.contains("Credential"))
      #expect(text.utf8.count < 3 || !shown.contains(text))
    }
  }

  @Test(arguments: ["", " ", "a b", "a\r\nX: y", "a\n", "é", "\"a\"", "a\0", "{}"])
  func `what would break a header field, or is none, is refused without being repeated`(text: String) {
    #expect {
      try Credential(text)
    } throws: { error in
      text.utf8.count < 3 || !"\(error)".contains(text)
    }
  }
}
