import Glibc
import HubWire

@testable import HubIO

/// Both ends of one connection, and the turns of their reactor, all on the calling thread.
final class WirePair: @unchecked Sendable {
  let reactor = Reactor(index: 0, kernel: LinuxKernel())
  let client: Wire
  let server: Wire
  /// What the server has read.
  private(set) var received: [UInt8] = []
  private(set) var outcome: Result<String, WireError>?
  private(set) var isWhole = false
  private(set) var line: HTTPLine?

  /// - Parameters:
  ///   - context: encrypts the server's end.
  ///   - trust: the same for the client's, which wants to speak with `host`.
  init(_ context: TLSContext? = nil, trust: TLSClientContext? = nil, host: String = "") {
    var ends: [Int32] = [0, 0]
    socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends)
    reactor.adoptThread()
    let (near, far) = (Channel(descriptor: ends[0], reactor: reactor), Channel(descriptor: ends[1], reactor: reactor))
    if let trust { near.secure(with: trust.session(on: near, to: host)) }
    if let context { far.secure(with: context.session(on: ends[1], reactor: reactor)!) }
    reactor.add(near)
    reactor.add(far)
    (client, server) = (Wire(channel: near, reactor: reactor), Wire(channel: far, reactor: reactor))
    Task.immediate(executorPreference: reactor) { await self.serve() }
  }

  private func serve() async {
    while true {
      switch server.receive({ received.append($0) }) {
      case .result: continue
      case .nothing: await server.channel.waitReadable()
      case .end: return
      }
    }
  }

  /// Begins to read one answer.
  ///
  /// - Parameter wantsBody: whether its body counts, or its status alone.
  func ask(maximumBody: Int = 1 << 20, wantsBody: Bool = true) {
    let line = HTTPLine(wire: client, peer: "the target", maximumBody: maximumBody)
    self.line = line
    Task.immediate(executorPreference: reactor) {
      do throws(WireError) {
        let answer = wantsBody ? try await line.answer() : try await line.status(bodyWithin: .milliseconds(1))
        self.isWhole = answer.isWhole
        self.outcome = .success("\(answer.head.status) \(String(decoding: answer.body, as: UTF8.self))")
      } catch {
        self.outcome = .failure(error)
      }
    }
  }

  /// The answer, or why there is none.
  var said: String? {
    switch outcome {
    case .success(let text): text
    case .failure(let error): error.reason
    case nil: nil
    }
  }

  /// Turns until `isDone`: whether it came to that.
  func run(until isDone: () -> Bool) -> Bool {
    for _ in 0..<20_000 where !isDone() { reactor.turn(sleeping: false) }
    return isDone()
  }

  func end() {
    client.close()
    server.close()
    reactor.turn(sleeping: false)
    reactor.leaveThread()
  }
}
