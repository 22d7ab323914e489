import Glibc
import Testing

@testable import HubIO

@Suite struct TLSContextTests {
  private static func pair(_ made: MadeCertificates, _ name: String, key: String? = nil) -> TLSConfiguration.Pair {
    TLSConfiguration.Pair(certificate: made.path(name) + ".pem", key: made.path(key ?? name) + ".key")
  }

  private static func problems(_ configuration: TLSConfiguration) -> [String] {
    do throws(TLSError) {
      _ = try TLSContext.prepare(configuration)
      return []
    } catch {
      return error.problems
    }
  }

  @Test func `an exact name beats a star, which stands for one label; the first certificate with a name has it`() throws
  {
    let made = try MadeCertificates()
    try made.make("a", for: ["a.org"])
    try made.make("b", for: ["*.Live.org", "b.org"])
    try made.make("c", for: ["one.live.org", "b.org"])
    let set = try TLSContext.prepare(TLSConfiguration(pairs: ["a", "b", "c"].map { Self.pair(made, $0) })).certificates
    let expected: [(String, Int?)] = [
      ("a.org", 0), ("b.org", 1), ("B.ORG", 1), ("two.live.org", 1), ("one.live.org", 2), ("live.org", nil),
      ("a.two.live.org", nil), ("x.org", nil), ("", nil), (".live.org", nil), ("*.live.org", 1), ("org", nil),
    ]
    for (name, index) in expected { #expect(set.index(for: name) == index, "\(name)") }
  }

  @Test func `everything that is wrong is told at once, each with its file`() throws {
    let made = try MadeCertificates()
    try made.make("a")
    try made.make("b")
    try made.write("text.pem", "hello")
    try made.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    let pairs = [
      Self.pair(made, "a", key: "b"), Self.pair(made, "missing", key: "a"), Self.pair(made, "text", key: "a"),
      Self.pair(made, "broken", key: "a"), Self.pair(made, "a", key: "missing"), Self.pair(made, "a"),
    ]
    let problems = Self.problems(TLSConfiguration(pairs: pairs, clientAuthorities: made.path("none.pem")))
    let expected = [
      ["none.pem", "cannot be read", "No such file"], ["b.key", "does not belong", "a.pem"],
      ["missing.pem", "cannot be read"], ["text.pem", "no certificate"], ["broken.pem", "broken"],
      ["missing.key", "cannot be read"],
    ]
    #expect(problems.count == expected.count, "\(problems)")
    for (problem, parts) in zip(problems, expected) {
      for part in parts { #expect(problem.contains(part), "\(problem)") }
    }
    #expect(!Self.problems(TLSConfiguration(pairs: [])).isEmpty)
  }

  @Test func `a key as a directory, or of a megabyte of nothing, is an error and no more`() throws {
    let made = try MadeCertificates()
    try made.make("a")
    try made.write("large.key", String(repeating: "x", count: (1 << 20) + 1))
    let pairs = [made.directory, made.path("large.key")].map {
      TLSConfiguration.Pair(certificate: made.path("a.pem"), key: $0)
    }
    #expect(Self.problems(TLSConfiguration(pairs: pairs)).count == 2)
  }

  @Test func `a secret that others may touch is told with its mend`() throws {
    let made = try MadeCertificates()
    try made.write("a.key", "")
    for (mode, isProblem) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o660, true)] {
      chmod(made.path("a.key"), mode_t(mode))
      let problem = SecretFile.problem(made.path("a.key"))
      #expect((problem != nil) == isProblem)
      if isProblem { #expect(problem!.contains("chmod 600 \(made.path("a.key"))")) }
    }
    #expect(SecretFile.problem(made.path("nothing")) == nil)
  }

  @Test(arguments: [
    // As Kubernetes gives secrets to a pod with a group of its own.
    (0o440, 0, 7, false), (0o640, 0, 7, false), (0o444, 0, 7, true), (0o460, 0, 7, true),
    // Another group, and another owner.
    (0o440, 0, 8, true), (0o440, 5, 7, true), (0o400, 5, 8, false),
  ])
  func `a secret that root lends to the process by its group is well kept`(
    mode: Int, owner: Int, group: Int, isReadable: Bool
  ) {
    let isReadableByOthers = SecretFile.isReadableByOthers(
      mode: UInt32(mode), owner: UInt32(owner), group: UInt32(group), user: 5, groups: [6, 7])
    #expect(isReadableByOthers == isReadable)
    #expect(
      SecretFile.isReadableByOthers(
        mode: UInt32(mode), owner: UInt32(owner), group: UInt32(group), user: 0, groups: [6, 7]) == (mode & 0o077 != 0))
  }

  @Test func `handshakes past the limit are refused, and count again when one is over`() throws {
    let made = try MadeCertificates()
    try made.make("a")
    let configuration = TLSConfiguration(pairs: [Self.pair(made, "a")], handshakes: 2)
    let context = TLSContext(try TLSContext.prepare(configuration))
    let reactor = Reactor(index: 0, kernel: LinuxKernel())
    var sessions = (0..<3).map { _ in context.session(on: 0, reactor: reactor) }
    #expect(sessions.map { $0 != nil } == [true, true, false])
    #expect(context.underWay == 2 && reactor.statistics.handshakesRefused == 1)
    sessions[0]?.leave(canSend: true)
    #expect(context.underWay == 1 && reactor.statistics.handshakesFailed == 1)
    sessions[0] = nil
    #expect(context.underWay == 1)
    #expect(context.session(on: 0, reactor: reactor) != nil)
    sessions.removeAll()
    #expect(context.underWay == 0 && reactor.statistics.handshakesFailed == 3)
  }

  @Test func `what was prepared is served only when it is adopted, with its limit`() throws {
    let made = try MadeCertificates()
    try made.make("a")
    let context = TLSContext(try TLSContext.prepare(TLSConfiguration(pairs: [Self.pair(made, "a")], handshakes: 1)))
    let reactor = Reactor(index: 0, kernel: LinuxKernel())
    let first = context.session(on: 0, reactor: reactor)
    let prepared = try TLSContext.prepare(TLSConfiguration(pairs: [Self.pair(made, "a")], handshakes: 2))
    #expect(first != nil && context.session(on: 0, reactor: reactor) == nil)
    context.adopt(prepared)
    let second = context.session(on: 0, reactor: reactor)
    #expect(second != nil && first?.certificates !== second?.certificates)
    #expect(second?.certificates === prepared.certificates)
  }
}
