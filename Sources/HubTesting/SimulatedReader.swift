/// A client that keeps all it reads and understands none of it.
package final class SimulatedReader: SimulatedClient {
  package private(set) var all: [UInt8] = []

  package override func received(_ bytes: [UInt8]) {
    all += bytes
  }
}
