import HubWire
import Testing

@Suite struct JSONWebTokenTests {
  @Test func `a token is taken apart into what is signed, what it says and its signature`() throws {
    let token = try JSONWebToken(bytes(header: #"{"alg":"HS256","kid":"k1","typ":"JWT"}"#, payload: "{}"))
    #expect(token.algorithm == "HS256")
    #expect(token.keyID == "k1")
    #expect(token.payload == Array("{}".utf8))
    #expect(token.signature == [1, 2, 3])
    #expect(token.signedBytes == bytes(header: #"{"alg":"HS256","kid":"k1","typ":"JWT"}"#, payload: "{}").dropLast(5))
  }

  @Test(arguments: ["JWT", "jwt", "at+jwt", "application/at+jwt"])
  func `a type that is a token's is taken`(type: String) throws {
    _ = try JSONWebToken(bytes(header: #"{"alg":"HS256","typ":"\#(type)"}"#, payload: "{}"))
  }

  @Test(arguments: [
    "{}", #"{"alg":null}"#, #"{"alg":5}"#, #"{"alg":"HS256","alg":"HS256"}"#, #"{"alg":"HS256","x":1,"x":1}"#,
    #"{"alg":"HS256","\u0061lg":"none"}"#, #"{"alg":"HS256","kid":7}"#, #"{"alg":"HS256","crit":["b64"]}"#,
    #"{"alg":"HS256","crit":null}"#, #"{"alg":"HS256","crit":[]}"#, #"{"alg":"HS256","typ":"secevent+jwt"}"#,
    #"{"alg":"HS256","typ":["JWT"]}"#, #"["alg"]"#, #""alg""#, "", "null", #"{"alg":"HS256"} x"#, #"{'alg':'HS256'}"#,
    #"{"alg":"HS256","deep":\#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))}"#,
  ])
  func `a header that is not plain is refused`(header: String) {
    expectRefusal(bytes(header: header, payload: "{}"))
  }

  @Test func `a token has exactly three parts of strict base64url`() {
    let good = String(decoding: bytes(header: #"{"alg":"HS256"}"#, payload: "{}"), as: UTF8.self)
    let parts = good.split(separator: ".").map(String.init)
    for text in [
      "", ".", "..", "...", "a", parts[0], parts[0] + "." + parts[1], good + ".", "." + good, good + ".AAAA",
      good + "=", good + " ", " " + good, good + "\n", good + "\0", parts[0] + "=." + parts[1] + "." + parts[2],
      parts[0] + "..\(parts[2])x", parts[0] + "." + parts[1] + ".A", "Bearer " + good,
      good.replacing(".", with: " . "),
    ] {
      expectRefusal(Array(text.utf8))
    }
    expectRefusal([0xFF, 0x2E, 0x2E])
  }

  @Test func `a token of the greatest length is read, and one byte more is not`() throws {
    let header = #"{"alg":"HS256"}"#
    let most = JSONWebToken.maximumBytes
    var text = bytes(header: header, payload: "{}")
    text += [UInt8](repeating: UInt8(ascii: "A"), count: most - text.count)
    #expect(text.count == most)
    _ = try JSONWebToken(text)
    let refusal = expectRefusal(text + [UInt8(ascii: "A")])
    #expect(refusal?.detail.contains("8193") == true && refusal?.detail.contains("8192") == true)
  }

  @Test func `no refusal repeats anything of the token`() {
    for header in [#"{"alg":"HS256","typ":"mark1234"}"#, #"{"mark1234":1,"mark1234":2}"#, #"mark1234"#] {
      #expect(expectRefusal(bytes(header: header, payload: "{}"))?.detail.contains("mark1234") == false)
    }
  }

  private func bytes(header: String, payload: String) -> [UInt8] {
    let dot = [UInt8(ascii: ".")]
    return Base64URL.encode(Array(header.utf8)) + dot + Base64URL.encode(Array(payload.utf8)) + dot
      + Base64URL.encode([1, 2, 3])
  }

  @discardableResult
  private func expectRefusal(_ text: [UInt8]) -> HubError? {
    do throws(HubError) {
      _ = try JSONWebToken(text)
      Issue.record("taken: \(String(decoding: text, as: UTF8.self))")
      return nil
    } catch {
      #expect(error.code == .unauthorized)
      return error
    }
  }
}
