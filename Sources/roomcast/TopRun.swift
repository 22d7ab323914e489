import Glibc
import HubClient
import HubIO

/// The course of `top`: look at the hub, show it, wait.
struct TopRun: Sendable {
  let source: TopSource
  /// What the hub is called.
  let hub: String
  let interval: Duration
  let isOnce: Bool

  /// How soon a key, a signal or another size of the terminal is seen.
  private static let tick = Duration.milliseconds(100)

  /// - Returns: the exit code.
  func run(_ view: any TopView) async -> Int32 {
    let reactor = ClientReactor.shared
    let task = Task(executorPreference: reactor) { () -> (code: Int32, trouble: String?) in
      // It begins once this task waits. Its cancelling ends a look at a hub that does not answer, too.
      let following = Task(executorPreference: reactor) { await follow(view) }
      reactor.add(Signals(reactor: reactor) { _ in following.cancel() })
      view.begin(on: reactor) { following.cancel() }
      defer { view.end() }
      return await following.value
    }
    let (code, trouble) = await task.value
    if let trouble { StandardError.write("roomcast top: \(trouble)") }
    return code
  }

  /// Until its task is cancelled.
  private func follow(_ view: any TopView) async -> (code: Int32, trouble: String?) {
    var state = TopState(hub: hub)
    var backoff = Backoff(base: .milliseconds(500), cap: .seconds(10))
    var readings = 0
    view.tick(state)
    while !Task.isCancelled {
      let began = TopSource.moment
      var pause = interval
      do throws(ClientError) {
        state.take(try await source.read())
        backoff.reset()
        readings += 1
      } catch {
        if Task.isCancelled { break }
        if isOnce || !Self.mayPass(error) { return (PublishCommand.exitCode(error), Self.explained(error)) }
        pause = max(backoff.next(), .seconds(1))
        state.miss("\(error)", retryAt: TopSource.moment + pause.nanoseconds)
      }
      let isWorthIt = readings > 1 || view.wantsFirst || state.absence != nil
      if isWorthIt, !view.show(state) {
        return (OutputDescriptor.isToEnd ? EX_OK : EX_IOERR, nil)
      }
      if isOnce && readings > 1 { break }
      // Intervals are counted from look to look.
      let until = state.absence?.retryAt ?? began + pause.nanoseconds
      while !Task.isCancelled, TopSource.moment < until {
        await ClientReactor.shared.sleep(for: min(Self.tick, .nanoseconds(max(1, until - TopSource.moment))))
        view.tick(state)
      }
    }
    return (EX_OK, nil)
  }

  /// Whether it may be otherwise at the next look.
  private static func mayPass(_ error: ClientError) -> Bool {
    switch error {
    case .unreachable: true
    case .refused(let refusal): refusal.isTemporary
    case .badAnswer, .input, .cancelled, .closed: false
    }
  }

  private static func explained(_ error: ClientError) -> String {
    guard case .refused(let refusal) = error else { return "\(error)" }
    switch refusal.status {
    case 401, 403: return "\(refusal); show a key with the scope admin, with --token-file"
    case 404: return "\(refusal); where metrics have a listener of their own, name it with --metrics-url"
    default: return "\(refusal)"
    }
  }
}
