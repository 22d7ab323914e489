import HubIO
import HubWire
import Synchronization

/// Who may connect: counts the node's connections by address and by user, and how fast new ones come.
///
/// Any reactor may call it. Where a limit is off, nothing is locked, allocated or counted. What is held is bounded by
/// the connections that are open: an entry goes with the last of them.
final class Admission: Sendable {
  /// What the limits say now; 0 is off.
  private let addressLimit = Atomic<Int>(0)
  private let userLimit = Atomic<Int>(0)
  private let handshakeRate = Atomic<Int>(0)

  private let addresses = Lock(Occupancy<IPAddress>())
  private let users = Lock(Occupancy<String>())
  private let handshakes = Lock<Handshakes?>(nil)

  private struct Handshakes {
    var taken: TokenBucket
    /// Who is too fast is told so; too many of them are closed without a word.
    var refused: TokenBucket

    init(rate: Int, at now: Moment) {
      taken = TokenBucket(rate: rate, burst: rate, at: now)
      let refusals = max(rate, Occupancy<String>.leastRefused)
      refused = TokenBucket(rate: refusals, burst: refusals, at: now)
    }
  }

  init(_ settings: LimitSettings) {
    adopt(settings)
  }

  /// From now on these limits hold. Who has a place keeps it; a limit that was off counts from now on.
  func adopt(_ settings: LimitSettings) {
    addressLimit.store(settings.address.connections, ordering: .relaxed)
    userLimit.store(settings.user.connections, ordering: .relaxed)
    handshakeRate.store(settings.handshakes, ordering: .relaxed)
  }

  /// Whether it has to be known which address a connection comes from.
  var limitsAddresses: Bool { addressLimit.load(ordering: .relaxed) > 0 }

  /// A connection has been accepted: whether the node takes so many new ones at a time. Nothing has to be given back.
  func handshake(at now: Moment) -> Seat {
    let rate = handshakeRate.load(ordering: .relaxed)
    if rate == 0 { return .free }
    return handshakes.withLock { state in
      if Int(state?.taken.rate ?? 0) != rate { state = Handshakes(rate: rate, at: now) }
      if state?.taken.take(1, at: now) == true { return .held }
      return state?.refused.take(1, at: now) == true ? .refused : .shed
    }
  }

  /// What counts as one address: over IPv6 a network of 64 bits, all of which one customer has (RFC 6177).
  static func network(of address: IPAddress) -> IPAddress {
    address.isV4 ? address : IPAddress(high: address.high, low: 0)
  }

  /// One more connection of an address. Unless it is shed or nothing is limited, it must ``leave(address:as:)``.
  func enter(address: IPAddress) -> Seat {
    let limit = addressLimit.load(ordering: .relaxed)
    return limit == 0 ? .free : addresses.withLock { $0.enter(Self.network(of: address), limit: limit) }
  }

  func leave(address: IPAddress, as seat: Seat) {
    addresses.withLock { $0.leave(Self.network(of: address), as: seat) }
  }

  /// One more connection of a user. Where it is held, it must ``leave(user:)``; a refusal holds nothing, since it is told
  /// on a connection that goes on or ends by itself.
  func enter(user: String) -> Seat {
    let limit = userLimit.load(ordering: .relaxed)
    if limit == 0 { return .free }
    return users.withLock { $0.enter(user, limit: limit, countsRefusals: false) }
  }

  /// A connection of a user has ended that held a place.
  func leave(user: String) {
    users.withLock { $0.leave(user, as: .held) }
  }
}

/// The place that a connection takes among those of its address.
final class AddressPlace: Sendable {
  let address: IPAddress
  let seat: Seat

  init(address: IPAddress, seat: Seat) {
    self.address = address
    self.seat = seat
  }

  func leave(_ admission: Admission) {
    admission.leave(address: address, as: seat)
  }
}
