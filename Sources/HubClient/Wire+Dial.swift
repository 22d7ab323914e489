import HubIO

extension Wire {
  /// Connects to a hub. The system itself would try for minutes.
  ///
  /// - Throws: why it could not, as a sentence.
  static func dial(_ url: HubURL, on reactor: Reactor, within limit: Duration) async throws(WireError) -> Wire {
    let attempt = DialAttempt(reactor: reactor, limit: limit, address: "\(url)")
    return Wire(channel: try await attempt.run(host: url.host, port: url.port), reactor: reactor)
  }
}

/// Why a connection is not there, as a sentence.
struct WireError: Error {
  let reason: String
}

/// One try to connect, given up after a time. Touched on the reactor's thread only.
private final class DialAttempt: @unchecked Sendable {
  private let reactor: Reactor
  private let limit: Duration
  private let address: String
  private let pause: Pause
  private var result: Result<Channel, WireError>?

  init(reactor: Reactor, limit: Duration, address: String) {
    self.reactor = reactor
    self.limit = limit
    self.address = address
    pause = Pause(reactor: reactor)
  }

  func run(host: String, port: UInt16) async throws(WireError) -> Channel {
    Task.immediate(executorPreference: reactor) { await self.dial(host: host, port: port) }
    if result == nil { await pause.wait(for: limit) }
    let outcome = result ?? .failure(WireError(reason: "cannot connect to \(address): no answer for \(limit)"))
    // What comes later is for nobody.
    result = outcome
    return try outcome.get()
  }

  private func dial(host: String, port: UInt16) async {
    let outcome: Result<Channel, WireError>
    do throws(SystemError) {
      outcome = .success(try await Dialer.dial(host: host, port: port, on: reactor))
    } catch {
      outcome = .failure(WireError(reason: "\(error)"))
    }
    guard result == nil else {
      if case .success(let channel) = outcome { channel.close() }
      return
    }
    result = outcome
    pause.end()
  }
}
