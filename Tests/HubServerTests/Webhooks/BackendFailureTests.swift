import HubIO
import Testing

@testable import HubServer

@Suite struct BackendFailureTests {
  @Test func `only a backend that is not there is away`() {
    #expect(BackendFailure(status: 200) == nil)
    #expect([500, 502, 503, 599].allSatisfy { BackendFailure(status: $0)?.isAway == true })
    #expect([101, 201, 204, 302, 400, 404, 429, 499, 600].allSatisfy { BackendFailure(status: $0)?.isAway == false })
    #expect(BackendFailure(WireError(reason: "no connection")).isAway)
    #expect(!BackendFailure(WireError(reason: "no HTTP", hasAnswer: true)).isAway)
  }
}
