import HubWire

/// One end of a link in a simulation: sends what it has to send, reads at its own pace. Subclasses speak a protocol.
package class SimulatedClient: Participant {
  package let name: String
  package private(set) var link: SimulatedLink?
  /// How many bytes one step reads at most; 0 reads nothing.
  package var readLimit = Int.max
  /// A key or a token, shown with every request; nil shows nothing.
  package var credential: String?
  private var outgoing: [UInt8] = []
  /// The connection has ended since the last ``connect(_:)``.
  package private(set) var hasEnded = false

  package init(name: String) {
    self.name = name
  }

  package var isConnected: Bool { link != nil }

  /// The request's field for the credential, with its line break; empty without one.
  var authorization: String { credential.map { "Authorization: Bearer \($0)\r\n" } ?? "" }

  /// The same for a handshake.
  var handshakeFields: HTTPFields { credential.map { ["Authorization": "Bearer \($0)"] } ?? [:] }

  package func connect(_ link: SimulatedLink) {
    self.link = link
    hasEnded = false
    outgoing = []
  }

  package func send(_ bytes: [UInt8]) {
    if link != nil { outgoing += bytes }
  }

  /// Closes without a word.
  package func disconnect() {
    guard let link else { return }
    link.clientClose()
    end()
  }

  private func end() {
    link = nil
    hasEnded = true
    ended()
  }

  package func step(_ random: inout SeededRandom) -> Bool {
    guard let link else { return false }
    if link.isReset {
      end()
      return true
    }
    var worked = false
    if !outgoing.isEmpty {
      let count = link.clientSend(outgoing[...])
      outgoing.removeFirst(count)
      worked = count > 0
    }
    let bytes = link.clientReceive(readLimit)
    if !bytes.isEmpty {
      received(bytes)
      return true
    }
    if link.toClient.endHasArrived, link.toClient.arrivedCount == 0, readLimit > 0 {
      disconnect()
      return true
    }
    return worked
  }

  /// Bytes have come.
  package func received(_ bytes: [UInt8]) {}

  /// The connection is gone.
  package func ended() {}
}
