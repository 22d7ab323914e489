import HubWire
import Testing

@Suite struct ProblemDetailsTests {
  @Test func `the members of a problem`() {
    let error = HubError(.payloadTooLarge, "the body is 70000 bytes, the limit is 65536")
    #expect(
      String(decoding: ProblemDetails.encode(error: error, status: 413, traceID: "ab"), as: UTF8.self)
        == #"{"type":"urn:roomcast:error:PAYLOAD_TOO_LARGE","title":"The payload is too large","status":413,"#
        + #""code":"PAYLOAD_TOO_LARGE","detail":"the body is 70000 bytes, the limit is 65536","temporary":false,"#
        + #""traceId":"ab"}"#)
  }

  @Test(arguments: ErrorCode.allCases) func `every code makes a problem that can be read`(_ code: ErrorCode) throws {
    let error = HubError(code, "a \"detail\"\nof two lines")
    let body = ProblemDetails.encode(error: error, status: code.status, traceID: nil)
    let read = try JSONObject(parsing: body)
    #expect(read.keys == ["type", "title", "status", "code", "detail", "temporary"])
    #expect(try read.string("detail") == error.detail)
    #expect(try read.integer("status", in: 100...599) == Int64(code.status))
    #expect(try read.bool("temporary") == code.isTemporary)
  }
}
