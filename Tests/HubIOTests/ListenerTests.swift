import HubIO
import HubTesting
import Testing

@Suite struct ListenerTests {
  private final class Accepted {
    var all: [Int32] = []
  }

  @Test func `every connection that waits is accepted once, whenever it comes`() async {
    let descriptors = await BlockingThread.run {
      let stepped = SteppedReactors(count: 1, seed: 1)
      let network = SimulatedNetwork(stepped.kernels)
      let accepted = Accepted()
      stepped.on(0) { reactor in
        let listener = Listener(descriptor: stepped.kernels[0].listen(), reactor: reactor) { descriptor, _ in
          accepted.all.append(descriptor)
        }
        reactor.add(listener, edgeTriggered: false)
        for count in 0..<4 {
          for _ in 0..<count { _ = network.connect(to: 0, SimulatedLink.Conduct()) }
          reactor.turn(sleeping: false)
        }
      }
      return accepted.all
    }
    #expect(descriptors == [4, 5, 6, 7, 8, 9])
  }

  @Test(.timeLimit(.minutes(10))) func `a real address listens, exclusively where it must`() throws {
    let address = try #require(SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
    let first = try Listener.open(address, isExclusive: true)
    let bound = try #require(SocketAddress.local(of: first))
    #expect(bound.port != 0 && bound.isLoopback && bound.host == "127.0.0.1")
    #expect(throws: SystemError.self) { try Listener.open(bound, isExclusive: true) }
    let second = try Listener.open(bound, isExclusive: false)
    LinuxKernel().close(first)
    LinuxKernel().close(second)
  }
}
