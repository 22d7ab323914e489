import Glibc
import HubClient

/// Why a benchmark does not go on.
struct BenchTrouble: Sendable {
  /// By sysexits.h.
  let code: Int32
  let text: String

  init(code: Int32, text: String) {
    (self.code, self.text) = (code, text)
  }

  /// What a hub does not want, with what mends it.
  ///
  /// - Parameter rooms: what the names of the rooms begin with.
  init(_ refusal: Refusal, _ what: String, rooms: String) {
    let text = "\(what): \(refusal)"
    if [401, 403].contains(refusal.status) || ["UNAUTHORIZED", "FORBIDDEN"].contains(refusal.code) {
      let mend = "show a key or token that may publish into and read \(rooms)…, with --token-file"
      self.init(code: EX_NOPERM, text: "\(text); \(mend)")
    } else if refusal.status == 429 || ["RATE_LIMITED", "TOO_MANY_CONNECTIONS"].contains(refusal.code) {
      let mend = "raise that limit of the hub for the benchmark, or take fewer with --subscribers or --cases"
      self.init(code: EX_UNAVAILABLE, text: "\(text); \(mend)")
    } else {
      self.init(code: refusal.isTemporary ? EX_UNAVAILABLE : EX_PROTOCOL, text: text)
    }
  }
}
