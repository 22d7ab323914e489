import HubIO
import HubWire
import Synchronization

@testable import HubClient

/// A TCP proxy in front of a hub that cuts connections after so many bytes, in the middle of whatever they belong to.
final class CuttingProxy: Sendable {
  /// What becomes of a connection whose bytes are used up.
  enum End {
    case cut
    /// It stands, and nothing comes through any more.
    case silence
  }

  let url: HubURL
  private let hub: HubURL
  private let end: End
  /// How many bytes the n-th connection, counted from 0, may get from the hub and send to it; nil for any number.
  private let answers: @Sendable (Int) -> Int?
  private let requests: @Sendable (Int) -> Int?
  private let accepted = Atomic<Int>(0)
  private let cut = Atomic<Int>(0)
  private let open = Lock<[Wire]>([])

  /// Connections that were cut.
  var cuts: Int { cut.load(ordering: .relaxed) }
  var connections: Int { accepted.load(ordering: .relaxed) }

  init(
    to hub: HubURL, end: End = .cut, answers: @escaping @Sendable (Int) -> Int? = { _ in nil },
    requests: @escaping @Sendable (Int) -> Int? = { _ in nil }
  ) async throws {
    self.hub = hub
    self.end = end
    self.requests = requests
    self.answers = answers
    let descriptor = try Listener.open(SocketAddress.resolve(host: "127.0.0.1", port: 0)[0], isExclusive: false)
    url = try HubURL("http://\(SocketAddress.local(of: descriptor)!)")
    await ClientReactor.perform { reactor in
      let listener = Listener(descriptor: descriptor, reactor: reactor) { [self] descriptor, _ in
        accept(descriptor, reactor)
      }
      reactor.add(listener, edgeTriggered: false)
    }
  }

  /// Cuts every connection that is there now.
  func cutAll() async {
    let wires = open.withLock { wires in
      defer { wires = [] }
      return wires
    }
    await ClientReactor.perform { _ in for wire in wires { wire.close() } }
  }

  private func accept(_ descriptor: Int32, _ reactor: Reactor) {
    let channel = Channel(descriptor: descriptor, reactor: reactor)
    reactor.add(channel)
    let client = Wire(channel: channel, reactor: reactor)
    let number = accepted.add(1, ordering: .relaxed).oldValue
    open.withLock { $0.append(client) }
    Task(executorPreference: reactor) { await self.serve(client, number, reactor) }
  }

  private func serve(_ client: Wire, _ number: Int, _ reactor: Reactor) async {
    guard let server = try? await hub.peer.dial(on: reactor, within: .seconds(10)) else { return client.close() }
    Task(executorPreference: reactor) { await self.pump(from: client, to: server, budget: self.requests(number)) }
    await pump(from: server, to: client, budget: answers(number))
  }

  private func pump(from source: Wire, to target: Wire, budget: Int?) async {
    var left = budget
    loop: while left != 0 {
      let received = source.receive { bytes in
        let count = min(bytes.count, left ?? bytes.count)
        var copy: [UInt8] = []
        copy.append(bytes.extracting(0..<count))
        target.send(copy)
        if left != nil { left! -= count }
      }
      switch received {
      case .result: if target.channel.outbox.byteCount > 65_536 { await target.channel.waitDrained() }
      case .nothing: await source.channel.waitReadable()
      case .end: break loop
      }
    }
    if left == 0 {
      cut.add(1, ordering: .relaxed)
      await target.channel.waitDrained()
      if end == .silence { return }
    }
    source.close()
    target.close()
  }
}
