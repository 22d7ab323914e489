import HubIO
import HubWire

/// Sends requests to one target, over connections that are kept for the next. Touched on its reactor's thread only.
final class HTTPCaller {
  let target: HTTPTarget
  private let reactor: Reactor
  private let maximumAnswer: Int
  /// Connections that nobody uses, the one used last at the end.
  private var idle: [HTTPLine] = []
  private let maximumIdle: Int
  /// Whether anybody wants the bodies of answers.
  private let readsBodies: Bool

  /// How long a connection is kept for the next request.
  private static let keepAlive = Duration.seconds(30)
  /// How long a body is waited for that nobody wants, so that its connection can be kept.
  private static let bodyTime = Duration.seconds(1)

  /// - Parameters:
  ///   - maximumAnswer: the longest body that is taken.
  ///   - maximumIdle: how many connections are kept.
  ///   - readsBodies: whether anybody wants the bodies of answers; if not, their status alone decides.
  init(target: HTTPTarget, reactor: Reactor, maximumAnswer: Int, maximumIdle: Int, readsBodies: Bool) {
    self.target = target
    self.reactor = reactor
    self.maximumAnswer = maximumAnswer
    self.maximumIdle = maximumIdle
    self.readsBodies = readsBodies
  }

  /// One request and its answer, whatever that says; redirections are not followed.
  ///
  /// - Parameters:
  ///   - id: names the message, the same for each try.
  ///   - end: when the answer must be there.
  /// - Throws: why there is no answer.
  func post(id: String, body: [UInt8], until end: Moment) async throws(WireError) -> HTTPAnswer {
    if let line = takeIdle() {
      do throws(WireError) {
        return try await exchange(on: line, id, body, until: end)
      } catch {
        // The target may have ended it at that very moment: then nothing has come of the request.
        if line.hasBegun || reactor.kernel.now() >= end { throw error }
      }
    }
    let left = end - reactor.kernel.now()
    let wire = try await Wire.dial(
      host: target.url.host, port: target.url.port, address: target.url.origin, on: reactor,
      within: max(.zero, left), tls: target.tls)
    return try await exchange(
      on: HTTPLine(wire: wire, peer: target.url.origin, maximumBody: maximumAnswer), id, body, until: end)
  }

  /// Closes what is kept; requests under way go on.
  func close() {
    for line in idle { line.wire.close() }
    idle = []
  }

  private func takeIdle() -> HTTPLine? {
    while let line = idle.popLast() {
      if line.wire.isIdle, !line.wire.channel.isClosed { return line }
      line.wire.close()
    }
    return nil
  }

  private func exchange(
    on line: HTTPLine, _ id: String, _ body: [UInt8], until end: Moment
  ) async throws(WireError) -> HTTPAnswer {
    line.wire.endAfter(max(.zero, end - reactor.kernel.now()))
    line.wire.send(target.request(id: id, body: body, wallTime: reactor.kernel.wallTime()))
    do throws(WireError) {
      let answer = readsBodies ? try await line.answer() : try await line.status(bodyWithin: Self.bodyTime)
      keep(line, if: answer.isWhole && answer.head.keepsAlive && !line.hasExcess)
      return answer
    } catch {
      line.wire.close()
      throw error
    }
  }

  private func keep(_ line: HTTPLine, if keepsAlive: Bool) {
    guard keepsAlive, idle.count < maximumIdle, !line.wire.channel.isClosed else { return line.wire.close() }
    line.wire.endAfterSilence(of: Self.keepAlive)
    idle.append(line)
  }
}
