import HubWire
import Testing

@testable import HubServer

@Suite struct WebhookKeyTests {
  /// The example of the Standard Webhooks specification.
  @Test func `a signature is the one that receivers expect`() throws {
    let key = try WebhookKey(Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8))
    let fields = key.fields(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", seconds: 1_614_265_330, body: Array("{\"test\": 2432232314}".utf8))
    #expect(fields["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek")
    #expect(fields["webhook-timestamp"] == "1614265330")
    #expect(fields["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test func `a text without the prefix is the secret itself`() throws {
    let text = "0123456789abcdef"
    let coded = try WebhookKey(Array("whsec_MDEyMzQ1Njc4OWFiY2RlZg==".utf8))
    #expect(try WebhookKey(Array(text.utf8)) == coded)
  }

  @Test(arguments: ["", "short", "whsec_", "whsec_MDEyMzQ=", "whsec_not base64 at all!"])
  func `a secret that guards nothing is refused, and not repeated`(text: String) {
    let error = #expect(throws: SignatureKeyError.self) { try WebhookKey(Array(text.utf8)) }
    if text.count > 6 { #expect(error?.message.contains(text.dropFirst(6)) == false) }
  }
}
