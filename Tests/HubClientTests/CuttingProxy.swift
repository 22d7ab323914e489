import HubIO
import Synchronization

@testable import HubClient

/// A TCP proxy in front of a hub that cuts connections after so many bytes from the hub, in the middle of whatever they
/// belong to.
final class CuttingProxy: Sendable {
  let url: HubURL
  private let hub: HubURL
  /// How many bytes the n-th connection, counted from 0, gets from the hub; nil for any number.
  private let budget: @Sendable (Int) -> Int?
  private let accepted = Atomic<Int>(0)
  private let cut = Atomic<Int>(0)

  /// Connections that were cut.
  var cuts: Int { cut.load(ordering: .relaxed) }

  init(to hub: HubURL, budget: @escaping @Sendable (Int) -> Int?) async throws {
    self.hub = hub
    self.budget = budget
    let descriptor = try Listener.open(SocketAddress.resolve(host: "127.0.0.1", port: 0)[0], isExclusive: false)
    url = try HubURL("http://\(SocketAddress.local(of: descriptor)!)")
    await ClientReactor.perform { reactor in
      let listener = Listener(descriptor: descriptor, reactor: reactor) { [self] descriptor, _ in
        accept(descriptor, reactor)
      }
      reactor.add(listener, edgeTriggered: false)
    }
  }

  private func accept(_ descriptor: Int32, _ reactor: Reactor) {
    let channel = Channel(descriptor: descriptor, reactor: reactor)
    reactor.add(channel)
    let client = Wire(channel: channel, reactor: reactor)
    let left = budget(accepted.add(1, ordering: .relaxed).oldValue)
    Task(executorPreference: reactor) { await self.serve(client, left, reactor) }
  }

  private func serve(_ client: Wire, _ budget: Int?, _ reactor: Reactor) async {
    guard let server = try? await Wire.dial(hub, on: reactor, within: .seconds(10)) else { return client.close() }
    Task(executorPreference: reactor) { await self.pump(from: client, to: server, budget: nil) }
    await pump(from: server, to: client, budget: budget)
  }

  private func pump(from source: Wire, to target: Wire, budget: Int?) async {
    var left = budget
    loop: while true {
      let received = source.receive { bytes -> Bool in
        let count = min(bytes.count, left ?? bytes.count)
        var copy: [UInt8] = []
        copy.append(bytes.extracting(0..<count))
        target.send(copy)
        if left != nil { left! -= count }
        return left == 0
      }
      switch received {
      case .result(true):
        cut.add(1, ordering: .relaxed)
        await target.channel.waitDrained()
        break loop
      case .result(false): if target.channel.outbox.byteCount > 65_536 { await target.channel.waitDrained() }
      case .nothing: await source.channel.waitReadable()
      case .end: break loop
      }
    }
    source.close()
    target.close()
  }
}
