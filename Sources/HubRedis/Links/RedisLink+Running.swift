import HubIO
import HubRooms
import HubWire

/// How a link comes about, what it hears, and how it comes back.
extension RedisLink {
  /// The limits of the pauses between tries: short, because a hub without Redis takes no events.
  private static let pauses = (shortest: Duration.milliseconds(50), longest: Duration.seconds(2))
  /// What a connection must last to be a good one.
  private static let proving = Duration.seconds(5)

  func run() async {
    var backoff = Backoff(base: Self.pauses.shortest, cap: Self.pauses.longest)
    while !isStopped {
      beginConnecting()
      upSince = nil
      let reason = await connectAndRead()
      if isStopped { return }
      becomeDown(reason)
      // The first try after a good time comes at once. One that was lost soon may be lost for what is asked over it.
      if let upSince, reactor.now - upSince >= Self.proving {
        backoff.reset()
        failures = 0
      } else {
        await pause.wait(for: backoff.next())
      }
    }
  }

  /// - Returns: why the connection is over.
  private func connectAndRead() async -> String {
    do throws(RedisFailure) {
      let endpoint = try await find(reactor)
      let wire = try await dial(endpoint)
      defer { wire.close() }
      var reader = RedisReader(wire: wire)
      try await greet(wire, &reader, as: options.login(at: endpoint))
      if isStopped { return "" }
      dropReason = nil
      becomeUp(wire)
      return await read(&reader)
    } catch {
      return error.reason
    }
  }

  private func dial(_ endpoint: RedisEndpoint) async throws(RedisFailure) -> Wire {
    do throws(WireError) {
      return try await Wire.dial(
        host: endpoint.host, port: endpoint.port, address: "Redis at \(endpoint)", on: reactor, within: options.time,
        tls: options.tls)
    } catch {
      throw .away(error.reason)
    }
  }

  // MARK: Greeting

  /// Switches to version 3 of the protocol, shows who asks, and leaves the scripts there.
  private func greet(
    _ wire: Wire, _ reader: inout RedisReader, as login: RedisOptions.Login?
  ) async throws(RedisFailure) {
    var commands = [Self.hello(login)]
    if options.database != 0 { commands.append(RESPCommand("SELECT", .number(options.database))) }
    commands += RedisScript.all.map { RESPCommand("SCRIPT", "LOAD", .text($0.source)) }
    var bytes: [UInt8] = []
    for command in commands { command.append(to: &bytes) }
    wire.send(bytes)
    wire.endAfter(options.time)
    for index in commands.indices {
      let answer = try await reader.reply(from: name)
      if let error = answer.error { throw .refused(error) }
      // In a cluster it is the map that tells.
      if index == 0, options.layout != .cluster, let role = answer["role"]?.text, role != "master" {
        throw .away("Redis at \(name) is a \(role)")
      }
    }
    wire.rest()
  }

  private static func hello(_ login: RedisOptions.Login?) -> RESPCommand {
    guard let login else { return RESPCommand("HELLO", 3) }
    return RESPCommand("HELLO", 3, "AUTH", .text(login.user), .text(login.password))
  }

  // MARK: Hearing

  /// Hands on what comes until the connection ends; says why it did.
  private func read(_ reader: inout RedisReader) async -> String {
    while true {
      do throws(RedisFailure) {
        while let value = try reader.next() { hear(value) }
        if case .up = state {} else { return "" }
        guard try await reader.waitForMore(from: name) else { return dropReason ?? "Redis at \(name) has gone" }
      } catch {
        return dropReason ?? error.reason
      }
    }
  }

  private func hear(_ value: RESPValue) {
    if case .push(let values) = value { return hear(push: values) }
    switch requests.first?.answer {
    case .reply: takeRequest()?.complete(value.error.map { .failure(.refused($0)) } ?? .success(value))
    case .confirmation:
      guard let error = value.error else { return drop(Self.confusion) }
      takeRequest()?.complete(.failure(.refused(error)))
    case .fence(let word):
      // What stands before it may have been refused, which changes nothing.
      if value.error != nil { return }
      guard value.text == word else { return drop(Self.confusion) }
      takeRequest()?.complete(.success(value))
    case nil: drop(Self.confusion)
    }
  }

  private static let confusion = "Redis answers what nobody has asked"

  private func hear(push values: [RESPValue]) {
    guard values.count == 3, values[0].text == "ssubscribe" else { return owner?.link(self, pushed: values) ?? () }
    guard case .confirmation(let channel)? = requests.first?.answer, values[1].text == channel else {
      return drop(Self.confusion)
    }
    takeRequest()?.complete(.success(.push(values)))
  }
}
