import Glibc
import HubClient
import HubIO
import HubWire

/// Where `top` has its figures from.
struct TopSource: Sendable {
  private let hub: HubReader
  private let metrics: HubReader

  /// How long an answer may take.
  private static let timeout = Duration.seconds(10)

  init(hub: HubURL, metrics: HubURL, credential: Credential?, authorities: Authorities) {
    func reader(_ url: HubURL) -> HubReader {
      HubReader(url: url, credential: credential, authorities: authorities, timeout: Self.timeout)
    }
    self.hub = reader(hub)
    self.metrics = metrics == hub ? self.hub : reader(metrics)
  }

  /// - Throws: where the hub does not tell its metrics. Nodes are shown where it tells them.
  func read() async throws(ClientError) -> HubReading {
    let text = try await metrics.get("/metrics")
    let moment = Self.moment
    let samples: MetricSamples
    do throws(MetricSyntaxError) {
      samples = try MetricSamples(parsing: text)
    } catch {
      throw .badAnswer("what answers is no hub: \(error)")
    }
    guard samples.label("version", of: "roomcast_info") != nil else {
      throw .badAnswer("what answers is no hub: its metrics have no roomcast_info")
    }
    var nodes: [NodeRow] = []
    if let body = try? await hub.get("/v1/nodes") { nodes = (try? NodeRow.rows(body)) ?? [] }
    return HubReading(moment: moment, time: Self.time, metrics: samples, nodes: nodes)
  }

  /// Nanoseconds of the clock that only goes forward.
  static var moment: Int64 { nanoseconds(CLOCK_MONOTONIC) }

  /// Milliseconds since 1970.
  static var time: Int64 { nanoseconds(CLOCK_REALTIME) / 1_000_000 }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
