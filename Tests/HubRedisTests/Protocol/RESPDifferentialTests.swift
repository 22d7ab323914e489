import HubTesting
import HubWire
import Testing

/// The same commands on the same server, once through this codec and once through another: both must read the same.
@Suite(.enabled(if: PythonClient.isInstalled, "scripts/test installs redis-py"))
struct RESPDifferentialTests {
  @Test(arguments: [2, 3])
  func `Answers to pipelines of any commands mean the same to another client`(version: Int) throws {
    let server = try RedisServer(["--enable-debug-command", "yes", "--appendonly", "no"])
    var seen = Set<Character>()
    for seed in Seeds.run(5) {
      var random = RandomCommands(seed: seed)
      let commands = (0..<1_000).map { _ in random.next() }
      let caller = try RedisCaller(port: server.port, version: version)
      _ = try caller.call("FLUSHALL")
      try caller.send(commands.map { RESPCommand($0.map { .bytes($0) }) })
      let ours = try commands.map { _ in PythonClient.show(try caller.receive()) }
      _ = try RedisCaller(port: server.port).call("FLUSHALL")
      let theirs = try PythonClient.answers(of: server, to: commands, version: version)
      try #require(ours.count == theirs.count, "seed \(seed)")
      for (index, (our, their)) in zip(ours, theirs).enumerated() where our != their {
        let command = commands[index].map { String(decoding: $0, as: UTF8.self) }
        Issue.record("seed \(seed), command \(index) \(command): here \(our), there \(their)")
      }
      seen.formUnion(ours.compactMap(\.first))
    }
    // What is compared must be of all kinds, or it says little: nulls, errors, strings, arrays, maps, booleans, doubles.
    #expect(seen.isSuperset(of: version == 2 ? "ne'[" : "ne'[{tfd"))
  }
}
