import HubIO
import HubTesting
import Testing

/// The simulation itself must behave as the system does, or what it shows means nothing.
@Suite struct SimulatedLinkTests {

  private static func wait(_ kernel: SimulatedKernel) -> [Readiness] {
    var all: [Readiness] = []
    kernel.wait(atMost: .zero) { all.append($1) }
    return all
  }

  private static func send(_ kernel: SimulatedKernel, _ descriptor: Int32, _ count: Int) -> Int {
    [UInt8](repeating: 7, count: count).withUnsafeBytes { kernel.send(descriptor, $0) }
  }

  @Test func `an edge is reported once, and again only when something changes`() {
    let kernel = SimulatedKernel(clock: SimulatedClock(), seed: 1)
    let network = SimulatedNetwork([kernel])
    var random = SeededRandom(seed: 1)
    let link = network.connect(to: 0, SimulatedLink.Conduct(capacity: 8, window: 8, bytesPerStep: 8))
    let descriptor = kernel.accept(0).descriptor
    kernel.watch(descriptor, edgeTriggered: true)
    #expect(Self.wait(kernel) == [.write])
    #expect(Self.wait(kernel).isEmpty)
    _ = link.clientSend([1, 2, 3])
    #expect(Self.wait(kernel).isEmpty)
    while network.step(&random) {}
    #expect(Self.wait(kernel) == [[.read, .write]])
    #expect(Self.wait(kernel).isEmpty)
    #expect(Self.send(kernel, descriptor, 20) == 8)
    #expect(Self.send(kernel, descriptor, 20) == -11)
    #expect(Self.wait(kernel).isEmpty)
    while network.step(&random) {}
    #expect(Self.wait(kernel) == [[.read, .write]])
  }

  @Test func `bytes pass whole and in order, and the end comes behind them`() {
    for seed in Seeds.run(50) {
      var random = SeededRandom(seed: seed)
      var pipe = SimulatedPipe(capacity: random.number(in: 1...40), window: random.number(in: 1...40))
      let bytes = (0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      var sent = 0
      var received: [UInt8] = []
      while !pipe.endHasArrived || pipe.arrivedCount > 0 {
        switch random.number(in: 0..<3) {
        case 0:
          sent += bytes[sent...].withUnsafeBytes { pipe.send($0, limit: random.number(in: 1...50)) }
          if sent == bytes.count { pipe.end() }
        case 1: _ = pipe.pass(random.number(in: 1...30))
        default: received += pipe.receive(random.number(in: 1...30))
        }
      }
      #expect(received == bytes, "ROOMCAST_SEED=\(seed)")
    }
  }

  @Test func `bytes that reach a client that has gone come back as a reset`() {
    let kernel = SimulatedKernel(clock: SimulatedClock(), seed: 1)
    let network = SimulatedNetwork([kernel])
    var random = SeededRandom(seed: 1)
    let link = network.connect(to: 0, SimulatedLink.Conduct())
    let descriptor = kernel.accept(0).descriptor
    link.clientClose()
    while network.step(&random) {}
    #expect(!link.isReset)
    #expect(Self.send(kernel, descriptor, 4) == 4)
    while network.step(&random) {}
    #expect(link.isReset)
    #expect(Self.send(kernel, descriptor, 4) < 0)
  }
}
