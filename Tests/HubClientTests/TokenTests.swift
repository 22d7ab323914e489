import Glibc
import HubIO
import HubServer
import HubTesting
import HubWire
import Testing

@testable import HubClient

/// Tokens that last for a moment, before a hub that looks at them.
@Suite(.timeLimit(.minutes(5))) struct TokenTests {
  static let secret = String(repeating: "k", count: 32)

  /// - Parameter key: of a service that may do everything.
  static func hub(grace: Duration = .seconds(25), key: String = APIKey.random()) throws -> HubURL {
    var settings = Settings()
    settings.port = 0
    settings.reactors = 1
    settings.tokens.leeway = .zero
    settings.tokens.grace = grace
    settings.tokens.keys = [TokenKeySettings(algorithm: .hs256, material: .secret(HiddenText(secret)))]
    settings.keys = [APIKeySettings(name: "all", sha256: APIKey.digest(of: key), scopes: [.read, .publish, .admin])]
    settings.history.room.events = 5_000
    settings.namespaces = [NamespaceSettings(name: try RoomPattern("chat"))]
    settings.namespaces[0].presence = true
    let hub = try Hub(settings: settings, log: Log(style: .json, descriptor: open("/dev/null", O_WRONLY)))
    hub.start()
    return try HubURL("http://\(hub.address)")
  }

  /// A token that ends so many seconds from now.
  static func token(_ seconds: Int64, of user: String = "ann", rooms: String = "") throws -> String {
    let rights = #""subscribe":["*"],"publish":["*"],"presence":["*"],"rooms":[\#(rooms)]"#
    let claims = #"{"sub":"\#(user)","exp":\#(Int64(time(nil)) + seconds),"roomcast":{\#(rights)}}"#
    return try SigningKey(secret: Array(secret.utf8)).token(claims: Array(claims.utf8))
  }

  static func hub(_ url: HubURL, _ credential: Credential, bufferedBytes: Int = 1 << 20) -> Roomcast {
    var options = Roomcast.Options()
    options.bufferedBytes = bufferedBytes
    options.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
    return Roomcast(url: url, credential: credential, options: options)
  }

  /// How often a credential was asked for.
  private final class Asked: Sendable {
    private struct State {
      var count = 0
      var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Lock(State())
    var count: Int { state.withLock { $0.count } }

    func next() -> Int {
      let (count, waiter) = state.withLock { state in
        state.count += 1
        guard let waiter = state.waiter, waiter.count <= state.count else {
          return (state.count, nil as CheckedContinuation<Void, Never>?)
        }
        state.waiter = nil
        return (state.count, waiter.continuation)
      }
      waiter?.resume()
      return count
    }

    /// Returns once it was asked for so often. One task at a time.
    func wait(for count: Int) async {
      await withCheckedContinuation { continuation in
        let isDone = state.withLock { state in
          if state.count < count { state.waiter = (count, continuation) }
          return state.count >= count
        }
        if isDone { continuation.resume() }
      }
    }
  }

  /// - Parameter failures: how often there is none at first.
  @Test(arguments: [0, 2]) func `a token that ends is replaced on the same connection`(failures: Int) async throws {
    struct Away: Error {}
    // On a machine that has much to do a token may end before its connection stands: then one that lasts longer.
    for lifetime in [2, 10, 60] as [Int64] {
      let asked = Asked()
      let hub = Self.hub(
        try Self.hub(),
        .token {
          let number = asked.next()
          if number > 1, number <= 1 + failures { throw Away() }
          return try Self.token(number == 1 ? lifetime : 3_600)
        })
      var connections = 0
      var states: [ConnectionState] = []
      for await event in hub.events(of: [hub.room("a")]) {
        if case .connected(_, _, let user) = event {
          connections += 1
          #expect(user == "ann")
        }
        if case .state(let state) = event { states.append(state) }
        if case .state(.live) = event, states.count <= 3 {
          // The publisher has a connection, and a token, of its own.
          await asked.wait(for: 2 + failures)
          try await hub.publish("1", to: "b")
          // With the token that has ended the hub would not have it.
          #expect(try await hub.room("b", after: .earliest).collect(1) == ["1 1"])
          try await hub.publish("1", to: "a")
        }
        if case .event = event { break }
      }
      await hub.close()
      if states.dropFirst().first != .catchingUp { continue }
      #expect(connections == 1 && states.prefix(3) == [.connecting, .catchingUp, .live])
      return
    }
    Issue.record("no token lasted until its connection stood")
  }

  @Test func `without another token in time the hub ends the connection, and the next one brings its own`() async throws
  {
    struct Away: Error {}
    let asked = Asked()
    let lost = Asked()
    let url = try Self.hub(grace: .seconds(1))
    let hub = Self.hub(
      url,
      .token {
        if asked.next() == 1 { return try Self.token(1) }
        if lost.count == 0 { throw Away() }
        return try Self.token(3_600)
      })
    var losses: [String] = []
    for await event in hub.events(of: [hub.room("a")]) {
      if case .state(.offline(let reason, _?)) = event {
        losses.append(reason)
        _ = lost.next()
      }
      if case .connected = event, !losses.isEmpty { break }
    }
    #expect(losses.contains { $0.contains("TOKEN_EXPIRED") }, "\(losses)")
    await hub.close()
  }

  @Test func `a fixed token that has ended is refused for good`() async throws {
    let hub = Self.hub(try Self.hub(), try Credential(try Self.token(-10)))
    let loop = await #expect(throws: ClientError.self) { try await hub.room("a").collect(1) }
    let publish = await #expect(throws: ClientError.self) { try await hub.publish("1", to: "a") }
    for error in [loop, publish] {
      guard case .refused(let refusal) = error else { return #expect(Bool(false), "\(String(describing: error))") }
      #expect(refusal.code == "TOKEN_EXPIRED")
    }
    await hub.close()
  }

  @Test func `a publish whose token has ended asks once more, and a stream too`() async throws {
    let asked = Asked()
    let hub = Self.hub(try Self.hub(), .token { try Self.token(asked.next() % 2 == 1 ? -10 : 3_600) })
    #expect(try await hub.publish("1", to: "a").position?.offset == 1)
    #expect(asked.count == 2)
    let report = try await hub.publish(lines: NumberedEnvelopes(room: try RoomName("a"), count: 3))
    #expect(report.accepted == 3 && asked.count == 4)
    let never = Self.hub(try Self.hub(), .token { try Self.token(-10) })
    await #expect { try await never.publish("1", to: "a") } throws: { "\($0)".hasPrefix("TOKEN_EXPIRED") }
    await #expect {
      try await never.publish(lines: NumberedEnvelopes(room: try RoomName("a"), count: 3))
    } throws: { "\($0)".hasPrefix("TOKEN_EXPIRED") }
  }

  @Test func `a token that cannot be had is waited for, and its reason told`() async throws {
    struct Away: Error {}
    let asked = Asked()
    let hub = Self.hub(
      try Self.hub(), .token { if asked.next() < 3 { throw Away() } else { return try Self.token(3_600) } })
    var reasons: [String] = []
    for await state in hub.states {
      if case .offline(let reason, _) = state { reasons.append(reason) }
      if case .connecting = state, reasons.isEmpty {
        Task { try await hub.room("a").collect(1) }
      }
      if case .live = state { break }
    }
    #expect(reasons.count == 2 && reasons.allSatisfy { $0.contains("there is no credential") && $0.contains("Away") })
    await hub.close()
  }

  @Test func `a token that does not come in time is given up`() async throws {
    var options = Roomcast.Options()
    options.patience = .milliseconds(50)
    let hub = Roomcast(
      url: try Self.hub(),
      credential: .token {
        try await Task.sleep(for: .seconds(3_600))
        return ""
      }, options: options)
    for await event in hub.events(of: [hub.room("a")]) {
      guard case .state(.offline(let reason, _?)) = event else { continue }
      #expect(reason.contains("not given within"))
      break
    }
    await hub.close()
  }

  // MARK: Presence

  @Test func `who comes and goes is told, and kept`() async throws {
    let url = try Self.hub()
    let ann = Self.hub(url, .token { try Self.token(3_600) })
    let bob = Self.hub(url, .token { try Self.token(3_600, of: "bob") })
    let room = ann.room("chat:1", presence: #"{"name":"Ann"}"#)
    var told: [String] = []
    var guest: Task<[String], any Error>?
    for await event in ann.events(of: [room]) {
      switch event {
      case .members(_, let members):
        told.append("members \(members.map(\.user))")
        guest = Task { try await bob.room("chat:1", presence: #"{"name":"Bob"}"#).collect(1) }
      case .joined(_, let member):
        told.append("joined \(member.user) \(String(decoding: member.info, as: UTF8.self))")
        #expect(await room.members.map(\.user) == ["ann", "bob"])
        let page = try await room.membersPage(limit: 1)
        #expect(page.members.map(\.user) == ["ann"] && page.count == 2 && page.cursor != nil)
        #expect(try await room.membersPage(after: page.cursor).members.map(\.user) == ["bob"])
        guest?.cancel()
      case .left(_, let member): told.append("left \(member.user)")
      default: break
      }
      if told.count == 3 { break }
    }
    #expect(told == [#"members ["ann"]"#, #"joined bob {"name":"Bob"}"#, "left bob"])
    await ann.close()
    await bob.close()
  }

  @Test func `an open hub knows no users, and says so`() async throws {
    let hub = Roomcast(url: HubFixture.url)
    await #expect { try await hub.room("chat:1", presence: "{}").collect(1) } throws: { "\($0)".hasPrefix("FORBIDDEN") }
    await hub.close()
  }
}
