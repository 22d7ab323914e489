import HubIO
import Testing

@Suite struct MomentTests {
  @Test func `adding a duration and taking the difference are one another's reverse`() {
    let moment = Moment(nanoseconds: 5_000_000_123)
    for duration in [Duration.zero, .nanoseconds(1), .seconds(86_400), .nanoseconds(-77), .milliseconds(-2500)] {
      #expect(moment + duration - moment == duration)
      #expect((moment + duration < moment) == (duration < .zero))
    }
  }

  @Test func `a duration in nanoseconds and seconds is all of it`() {
    #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
    #expect(Duration.milliseconds(-1500).nanoseconds == -1_500_000_000)
    #expect((Duration.seconds(3) + .nanoseconds(7)).nanoseconds == 3_000_000_007)
    #expect(Duration.milliseconds(250).inSeconds == 0.25)
  }
}
