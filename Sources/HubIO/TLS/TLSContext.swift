private import Synchronization

/// The certificates that a hub serves with, and how many handshakes it has under way. Shared by all reactors.
///
/// Certificates are exchanged as a whole: ``prepare(_:)`` reads and checks everything, ``adopt(_:)`` lets new connections
/// have it. Connections that there are keep theirs. Session tickets of before are not taken any more, so that what was
/// granted under old authorities ends with them.
package final class TLSContext: Sendable {
  /// Certificates that were read and found right.
  package struct Prepared: Sendable {
    let certificates: CertificateSet
    let handshakes: Int
    /// What works, but should not stay so: keys that others may read, certificates that have expired.
    package var warnings: [String] { certificates.warnings }
  }

  private let certificates: Lock<CertificateSet>
  private let limit: Atomic<Int>
  private let open = Atomic<Int>(0)
  private let hasShaken = Atomic<Bool>(false)
  private let firstHandshake: @Sendable (Bool) -> Void

  /// - Parameter firstHandshake: told once, when the first handshake is done, whether the kernel encrypts.
  package init(_ prepared: Prepared, firstHandshake: @escaping @Sendable (_ byKernel: Bool) -> Void = { _ in }) {
    certificates = Lock(prepared.certificates)
    limit = Atomic(prepared.handshakes)
    self.firstHandshake = firstHandshake
    BrokenPipe.ignore()
  }

  /// Reads and checks all files; it blocks for as long as that takes.
  /// - Throws: ``TLSError`` with all that is wrong.
  package static func prepare(_ configuration: TLSConfiguration) throws(TLSError) -> Prepared {
    var problems: [String] = []
    var authorities: [PEMFile.Certificate] = []
    if let file = configuration.clientAuthorities {
      do throws(TLSError) {
        authorities = try PEMFile.certificates(file, what: "client authorities")
      } catch {
        problems += error.problems
      }
    }
    var certificates: [ServerCertificate] = []
    for pair in configuration.pairs {
      do throws(TLSError) {
        certificates.append(
          try ServerCertificate(pair, minimum: configuration.minimum, authorities: authorities))
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw TLSError(problems) }
    guard !certificates.isEmpty else { throw TLSError("no certificate is named") }
    return Prepared(
      certificates: CertificateSet(certificates, authorities: authorities.flatMap(\.digest)),
      handshakes: configuration.handshakes)
  }

  /// Has new connections served with these.
  package func adopt(_ prepared: Prepared) {
    certificates.withLock { $0 = prepared.certificates }
    limit.store(prepared.handshakes, ordering: .relaxed)
  }

  /// The server side of a connection that was accepted; nil where too many handshakes are under way.
  package func session(on descriptor: Int32, reactor: Reactor) -> TLSSession? {
    let certificates = certificates.withLock { $0 }
    guard open.add(1, ordering: .relaxed).newValue <= limit.load(ordering: .relaxed),
      let session = unsafe certificates.makeSession()
    else {
      open.subtract(1, ordering: .relaxed)
      reactor.statistics.handshakesRefused += 1
      return nil
    }
    return unsafe TLSSession(
      session, descriptor: descriptor, certificates: certificates, context: self, reactor: reactor)
  }

  /// Whether clients are still verified by these authorities.
  func verifies(by authorities: [UInt8]) -> Bool {
    certificates.withLock { $0.authorities == authorities }
  }

  /// Handshakes that are neither done nor given up.
  package var underWay: Int { open.load(ordering: .relaxed) }
  /// One more would be refused.
  package var isFull: Bool { underWay >= limit.load(ordering: .relaxed) }

  /// A handshake is over.
  func handshakeEnded() {
    open.subtract(1, ordering: .relaxed)
  }

  /// A handshake is done; tells whether the kernel encrypts, the first time.
  func handshakeDone(byKernel: @autoclosure () -> Bool) {
    if hasShaken.load(ordering: .relaxed) || hasShaken.exchange(true, ordering: .relaxed) { return }
    firstHandshake(byKernel())
  }
}
