import HubIO
import HubWire

/// Asks Sentinels where the master is, before each try to connect to it.
struct SentinelFinder: Sendable {
  let master: String
  let options: RedisOptions

  /// - Throws: where no Sentinel knows.
  func find(on reactor: Reactor) async throws(RedisFailure) -> RedisEndpoint {
    var reason = "no Sentinel is named"
    for sentinel in options.addresses {
      do throws(RedisFailure) {
        return try await ask(sentinel, on: reactor)
      } catch {
        reason = error.reason
      }
    }
    throw .away(reason)
  }

  private func ask(_ sentinel: RedisEndpoint, on reactor: Reactor) async throws(RedisFailure) -> RedisEndpoint {
    let wire: Wire
    do throws(WireError) {
      wire = try await Wire.dial(
        host: sentinel.host, port: sentinel.port, address: "the Sentinel at \(sentinel)", on: reactor,
        within: options.time, tls: options.tls)
    } catch {
      throw .away(error.reason)
    }
    defer { wire.close() }
    var bytes: [UInt8] = []
    RESPCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", .text(master)).append(to: &bytes)
    wire.send(bytes)
    wire.endAfter(options.time)
    var reader = RedisReader(wire: wire)
    let answer = try await reader.reply(from: "\(sentinel)")
    if let error = answer.error { throw .refused(error) }
    guard let address = answer.array, address.count == 2, let host = address[0].text,
      let port = address[1].integer.flatMap({ UInt16(exactly: $0) })
    else { throw .away("the Sentinel at \(sentinel) knows no master \"\(master)\"") }
    return RedisEndpoint(host: host, port: port)
  }
}
