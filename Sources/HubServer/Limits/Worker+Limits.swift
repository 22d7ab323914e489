import HubIO
import HubWire

/// Where the node's limits are asked, and refusals counted.
extension Worker {
  /// What becomes of a connection that has just been accepted.
  struct Welcome {
    /// Why its first request is refused; nil where it is not.
    var refusal: Limit?
    /// What it holds among the connections of its address.
    var place: AddressPlace?
    /// There is no time to tell it: it is to be closed at once.
    var isShed = false
  }

  /// So many connections beyond the limit are told so at a time; further ones are closed without a word.
  private static let toldBeyondLimit = 64

  /// Asks the limits, in the order in which they cost.
  ///
  /// - Parameter count: the connections of the node, with this one.
  func welcome(_ peer: IPAddress, _ count: Int) -> Welcome {
    if count > node.settings.connections + Self.toldBeyondLimit { return shed(.connections) }
    var welcome = Welcome()
    switch node.admission.handshake(at: reactor.now) {
    case .free, .held: break
    case .refused: welcome.refusal = .handshakes
    case .shed: return shed(.handshakes)
    }
    // Behind a trusted proxy stand many clients: each is counted once it is known.
    if welcome.refusal == nil, !policy.settings.proxies.trusted.contain(peer) {
      (welcome.place, welcome.refusal) = place(for: peer)
      if welcome.refusal == .address, welcome.place == nil { return shed(.address) }
    }
    if welcome.refusal == nil, count > node.settings.connections { welcome.refusal = .connections }
    if let refusal = welcome.refusal { statistics.refused[refusal] += 1 }
    return welcome
  }

  /// A place among the connections of an address; a refusal without a place is for one that is not even told.
  func place(for address: IPAddress) -> (place: AddressPlace?, refusal: Limit?) {
    guard node.admission.limitsAddresses else { return (nil, nil) }
    let seat = node.admission.enter(address: address)
    return switch seat {
    case .free: (nil, nil)
    case .held: (AddressPlace(address: address, seat: seat), nil)
    case .refused: (AddressPlace(address: address, seat: seat), .address)
    case .shed: (nil, .address)
    }
  }

  private func shed(_ limit: Limit) -> Welcome {
    statistics.refused[limit] += 1
    return Welcome(refusal: limit, isShed: true)
  }

  /// Asks whether a key or user may publish so many events now.
  ///
  /// - Throws: `RATE_LIMITED`, which has been counted.
  func admitPublish(by grant: Grant, events: Int = 1) throws(HubError) {
    do throws(HubError) {
      try node.publishRates.admit(grant.rateName, events: events, at: reactor.now)
    } catch {
      statistics.refused[.publishes] += 1
      throw error
    }
  }
}
