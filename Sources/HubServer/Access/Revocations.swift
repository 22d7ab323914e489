import HubIO
import HubRooms
import HubWire
import Synchronization

/// Users whose tokens are refused when they were issued up to some time: asked for over REST, kept in memory.
///
/// Bounded in number, the oldest forgotten first: a token that was revoked that long ago has most likely expired.
final class Revocations: Sendable {
  private struct State {
    /// Seconds since 1970, by user.
    var times: [String: Int64] = [:]
    /// In the order in which they were revoked; an entry counts only while its time is the user's.
    var order = Queue<(user: String, seconds: Int64)>()
  }

  private static let maximum = 100_000

  private let state = Lock(State())
  /// Grows with each revocation: who has looked since need not look again, and most hubs never revoke.
  private let changes = Atomic<Int>(0)

  var generation: Int { changes.load(ordering: .acquiring) }

  /// Refuses the user's tokens that were issued at `seconds` since 1970 or before.
  func revoke(_ user: String, at seconds: Int64) {
    state.withLock { state in
      // What another node tells may be older than what is known here.
      if let known = state.times[user], known >= seconds { return }
      state.times[user] = seconds
      state.order.append((user, seconds))
      while state.times.count > Self.maximum, let oldest = state.order.first {
        state.order.removeFirst()
        if state.times[oldest.user] == oldest.seconds { state.times[oldest.user] = nil }
      }
      // A user who is revoked again and again leaves an entry each time.
      if state.order.count > 2 * state.times.count + 64 {
        let times = state.times
        state.order.removeAll { times[$0.user] != $0.seconds }
      }
    }
    changes.add(1, ordering: .releasing)
  }

  // MARK: Between nodes

  /// What other nodes are told at most.
  private static let told = 10_000

  /// The newest of them, for a node that has not heard of them.
  func newest() -> [UInt8] {
    let times = state.withLock { $0.times }.sorted { $0.value > $1.value }.prefix(Self.told)
    return JSONWriter.object(capacity: 32 + 48 * times.count) { json in
      json.key("revoked")
      json.array(Array(times)) { json, entry in
        json.beginObject()
        json.member("user", entry.key)
        json.member("time", entry.value)
        json.endObject()
      }
    }
  }

  /// Takes over what another node has told; what is not understood is left out.
  func learn(_ body: [UInt8]) {
    guard let list = try? JSONObject(parsing: body).present("revoked"),
      let entries = try? JSONArray(list, maximum: Self.told, name: "revoked").elements
    else { return }
    // The newest stand first, and the newest are to be forgotten last.
    for entry in entries.reversed() {
      guard let object = try? JSONObject(entry), let user = try? object.requiredString("user"),
        let time = try? object.integer("time", in: 0...Int64.max)
      else { continue }
      revoke(user, at: time)
    }
  }

  // MARK: Who is refused

  /// - Throws: `UNAUTHORIZED` for a token that was revoked, and for a revoked user's token that does not say when it was
  ///   issued.
  func check(_ grant: Grant) throws(HubError) {
    guard generation > 0, let user = grant.user, let revoked = state.withLock({ $0.times[user] }) else { return }
    if let issued = grant.issued, issued > revoked { return }
    throw HubError(.unauthorized, "the user's tokens issued before now were revoked; get a new one")
  }
}
