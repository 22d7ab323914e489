import HubIO
import HubWire
import Synchronization

/// How fast each principal (a key or a user) may publish, over all its connections and reactors.
///
/// Memory is bounded by who has published lately. A bucket that nobody touched for a second is full again and can as
/// well be forgotten, so the table is two generations: each second the younger becomes the older one, and the older goes
/// as a whole. At `maximum` principals in one second that happens early, which can only give somebody a burst too many.
final class PublishRates: Sendable {
  /// Events a second; 0 is off.
  private let rate = Atomic<Int>(0)
  private let table: Lock<Table>

  private struct Table {
    let maximum: Int
    var young: [String: TokenBucket] = [:]
    var old: [String: TokenBucket] = [:]
    var turned = Moment(nanoseconds: .min / 2)

    mutating func bucket(_ principal: String, rate: Int, at now: Moment) -> TokenBucket {
      if now - turned >= .seconds(1) || young.count >= maximum && young[principal] == nil {
        old = young
        young = [:]
        turned = now
      }
      // A bucket of another rate is from before the settings changed.
      if let known = young[principal] ?? old[principal], Int(known.rate) == rate { return known }
      return TokenBucket(rate: rate, burst: rate, at: now)
    }
  }

  /// - Parameter maximum: principals of one generation; there are two.
  init(_ settings: LimitSettings, maximum: Int = 100_000) {
    table = Lock(Table(maximum: maximum))
    adopt(settings)
  }

  /// From now on this rate holds.
  func adopt(_ settings: LimitSettings) {
    rate.store(settings.publishes, ordering: .relaxed)
  }

  /// - Throws: `RATE_LIMITED` where the principal publishes faster than it may; then nothing is taken.
  func admit(_ principal: @autoclosure () -> String, events count: Int = 1, at now: Moment) throws(HubError) {
    let rate = rate.load(ordering: .relaxed)
    if rate == 0 { return }
    let principal = principal()
    let wait: Duration? = table.withLock { table in
      var bucket = table.bucket(principal, rate: rate, at: now)
      let wait: Duration? = bucket.take(count, at: now) ? nil : bucket.untilNext(count, at: now) ?? .seconds(1)
      table.young[principal] = bucket
      return wait
    }
    guard let wait else { return }
    var error = Limit.publishes.refusal
    error.retryAfter = max(1, Int32(clamping: (wait.nanoseconds + 999_999_999) / 1_000_000_000))
    throw error
  }

  /// How many principals are held in memory.
  var count: Int { table.withLock { $0.young.count + $0.old.count } }
}
