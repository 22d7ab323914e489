import HubIO
package import HubWire

/// A connection between a simulated client and a hub: two pipes, and what can happen to them on the way.
package final class SimulatedLink {
  /// How a link behaves.
  package struct Conduct: Sendable {
    /// Bytes that may be under way in each direction.
    package var capacity: Int
    /// The receive window of the client, and of the hub.
    package var window: Int
    /// Bytes that one step lets pass at most; each step picks a number up to it, so that messages are split anywhere.
    package var bytesPerStep: Int
    /// Whether the hub's socket sometimes takes less than it has space for.
    package var splitsSends: Bool
    /// The client's address.
    package var address = IPAddress(v4: 0x7F00_0001)

    package init(capacity: Int = 65_536, window: Int = 65_536, bytesPerStep: Int = 65_536, splitsSends: Bool = false) {
      self.capacity = capacity
      self.window = window
      self.bytesPerStep = bytesPerStep
      self.splitsSends = splitsSends
    }
  }

  package let conduct: Conduct
  package private(set) var toHub: SimulatedPipe
  package private(set) var toClient: SimulatedPipe
  /// Nothing passes, and nobody is told: a cable that is out.
  package var isHalfOpen = false
  /// Nothing passes for a while, and nothing is lost: a network that is slow.
  package var isHeld = false
  /// Both ends were told that the connection broke.
  package private(set) var isReset = false
  package private(set) var clientHasClosed = false
  package private(set) var hubHasClosed = false
  private var random: SeededRandom

  /// The hub's end, once it has been accepted.
  private weak var kernel: SimulatedKernel?
  private var descriptor: Int32 = -1

  init(conduct: Conduct, random: SeededRandom) {
    self.conduct = conduct
    self.random = random
    toHub = SimulatedPipe(capacity: conduct.capacity, window: conduct.window)
    toClient = SimulatedPipe(capacity: conduct.capacity, window: conduct.window)
  }

  /// Nothing will ever pass again.
  package var isOver: Bool { isReset || (clientHasClosed && hubHasClosed) }

  /// Lets some bytes pass.
  /// - Returns: whether anything changed.
  func step() -> Bool {
    if isHalfOpen || isHeld || isReset { return false }
    let inward = toHub.pass(random.number(in: 1...conduct.bytesPerStep))
    let outward = toClient.pass(random.number(in: 1...conduct.bytesPerStep))
    if inward.hasArrived || outward.hasMadeSpace { kernel?.noteEdge(descriptor) }
    // Bytes that reach somebody who has gone come back as a reset.
    if clientHasClosed, toClient.arrivedCount > 0 { reset() }
    if hubHasClosed, toHub.arrivedCount > 0 { reset() }
    return inward.hasArrived || outward.hasArrived
  }

  /// Breaks the connection: what is under way is lost.
  package func reset() {
    if isReset { return }
    isReset = true
    toHub.clear()
    toClient.clear()
    kernel?.noteEdge(descriptor)
  }

  // MARK: The client's end

  /// - Returns: how many bytes the client's socket took.
  package func clientSend(_ bytes: ArraySlice<UInt8>) -> Int {
    isReset ? 0 : bytes.withUnsafeBytes { toHub.send($0) }
  }

  package func clientReceive(_ limit: Int) -> [UInt8] {
    toClient.receive(limit)
  }

  /// The client says that it will send nothing more.
  package func clientEnd() {
    toHub.end()
  }

  /// The client goes, without reading what is still to come.
  package func clientClose() {
    if clientHasClosed { return }
    clientHasClosed = true
    toHub.end()
    if toClient.arrivedCount > 0 { reset() }
  }

  // MARK: The hub's end

  func accepted(by kernel: SimulatedKernel, as descriptor: Int32) {
    self.kernel = kernel
    self.descriptor = descriptor
  }

  var hubReadiness: Readiness {
    if isReset { return [.read, .write, .end] }
    var readiness: Readiness = []
    if toHub.isReadable { readiness.insert(.read) }
    if toHub.endHasArrived { readiness.insert(.end) }
    if toClient.space > 0 { readiness.insert(.write) }
    return readiness
  }

  /// - Returns: a count, or nil where the connection is broken.
  func hubSend(_ bytes: UnsafeRawBufferPointer) -> Int? {
    if isReset || toClient.hasEnded { return nil }
    let limit = conduct.splitsSends && random.once(in: 2) ? random.number(in: 1...max(1, bytes.count)) : Int.max
    return toClient.send(bytes, limit: limit)
  }

  func hubReceive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    toHub.receive(into: buffer)
  }

  func hubPeek(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    toHub.peek(into: buffer)
  }

  func hubEnd() {
    toClient.end()
  }

  func hubClose() {
    hubHasClosed = true
    kernel = nil
    if toHub.arrivedCount > 0 { reset() } else { toClient.end() }
  }
}
