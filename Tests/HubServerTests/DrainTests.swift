import HubTesting
import Testing

@testable import HubServer

@Suite struct DrainTests {
  private static let stepsPerSecond = 20.0

  @Test func `never fewer than 200 a second, and all within the time`() {
    for count in [0, 1, 10, 199, 1000, 50_000, 1_000_000] {
      for seconds in [1, 5, 15, 60] {
        let perStep = Drain.perStep(count, time: .seconds(seconds))
        #expect(Double(perStep) * Self.stepsPerSecond >= 200)
        #expect(Double(perStep) * Self.stepsPerSecond * Double(seconds) >= Double(count), "\(count) in \(seconds) s")
      }
    }
  }

  @Test func `no steeper than it must be`() {
    #expect(Drain.perStep(0, time: .seconds(15)) == 10)
    #expect(Drain.perStep(1000, time: .seconds(15)) == 10)
    #expect(Drain.perStep(90_000, time: .seconds(15)) == 500)
    #expect(Drain.perStep(5, time: .zero) >= 1)
  }
}
