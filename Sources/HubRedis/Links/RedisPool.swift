import HubIO
import HubRooms
import HubWire

/// The connections of one reactor to all servers, and which of them has what. Touched on the reactor's thread only.
final class RedisPool: @unchecked Sendable {
  let reactor: Reactor
  let options: RedisOptions
  weak var owner: (any RedisPoolOwner)?
  /// By their names.
  private(set) var links: [String: RedisLink] = [:]
  /// Those that commands go to, unless a cluster says otherwise.
  private(set) var seeds: [RedisLink] = []
  private let ring: ShardRing
  /// Nil for servers that are no cluster.
  var map: SlotMap?

  init(reactor: Reactor, options: RedisOptions) {
    self.reactor = reactor
    self.options = options
    ring = ShardRing(options.layout == .shards ? options.addresses.map(\.description) : [""])
    map = options.layout == .cluster ? SlotMap() : nil
  }

  func start() {
    switch options.layout {
    case .shards, .cluster: seeds = options.addresses.map(link)
    case .sentinel(let master):
      let finder = SentinelFinder(master: master, options: options)
      let link = RedisLink(name: master, reactor: reactor, options: options) { reactor async throws(RedisFailure) in
        try await finder.find(on: reactor)
      }
      begin(link)
      seeds = [link]
    }
  }

  func stop() {
    for link in links.values { link.stop() }
  }

  /// The link to that server, made where there is none.
  func link(to endpoint: RedisEndpoint) -> RedisLink {
    if let link = links[endpoint.description] { return link }
    let link = RedisLink(name: endpoint.description, reactor: reactor, options: options) { _ in endpoint }
    begin(link)
    return link
  }

  private func begin(_ link: RedisLink) {
    links[link.name] = link
    link.owner = self
    link.start()
  }

  /// Ends the links to servers that are no masters any more, nor named.
  func endUnused() {
    guard let masters = map?.masters else { return }
    let named = Set((Array(masters) + options.addresses).map(\.description))
    for (name, link) in links where !named.contains(name) {
      links[name] = nil
      link.stop()
    }
  }

  /// The link that has what is named so.
  func link(for key: String) -> RedisLink {
    guard let map else { return seeds[ring.server(of: key)] }
    if let endpoint = map.master(of: HashSlot.of(key)) { return link(to: endpoint) }
    return seeds.first(where: \.isUp) ?? seeds[0]
  }

  /// Why something cannot be had; nil where all can.
  var absence: String? {
    guard let map else { return seeds.lazy.compactMap(Self.absence).first }
    if !map.isWhole { return seeds.lazy.compactMap(Self.absence).first ?? "the Redis cluster does not serve all slots" }
    return map.masters.lazy.compactMap { self.links[$0.description].flatMap(Self.absence) }.first
  }

  private static func absence(of link: RedisLink) -> String? {
    link.isUp ? nil : link.absence ?? "connecting to Redis at \(link.name)"
  }

  // MARK: Commands

  /// How often a command follows a cluster that sends it elsewhere.
  private static let redirections = 5

  /// Sends a command to whoever has `key`, and follows where it is sent.
  func send(
    _ command: RESPCommand, for key: String, answer: RedisRequest.Answer = .reply, script: RedisScript? = nil,
    complete: @escaping (Result<RESPValue, RedisFailure>) -> Void
  ) {
    send(
      Errand(command: command, answer: answer, script: script, complete: complete), over: link(for: key),
      left: Self.redirections)
  }

  /// Calls a script; the keys must all live where `key` does.
  func call(
    _ script: RedisScript, keys: [String], _ arguments: [RESPArgument], for key: String,
    complete: @escaping (Result<RESPValue, RedisFailure>) -> Void
  ) {
    let words: [RESPArgument] = ["EVALSHA", .text(script.digest), .number(keys.count)]
    send(RESPCommand(words + keys.map { .text($0) } + arguments), for: key, script: script, complete: complete)
  }

  /// A command that may be sent more than once, until it meets the right server.
  private struct Errand {
    let command: RESPCommand
    let answer: RedisRequest.Answer
    let script: RedisScript?
    let complete: (Result<RESPValue, RedisFailure>) -> Void
  }

  private func send(_ errand: Errand, over link: RedisLink, left: Int) {
    link.send(
      RedisRequest(errand.command, answer: errand.answer) { [weak self] result in
        guard case .failure(.refused(let error)) = result, let self, self.follow(errand, error, from: link, left: left)
        else { return errand.complete(result) }
      })
  }

  /// Does what a refusal asks for.
  /// - Returns: false where the refusal is the answer.
  private func follow(_ errand: Errand, _ error: String, from link: RedisLink, left: Int) -> Bool {
    guard left > 0 else { return false }
    let words = error.split(separator: " ")
    switch words.first {
    case "NOSCRIPT":
      guard let script = errand.script else { return false }
      link.send(RedisRequest(RESPCommand("SCRIPT", "LOAD", .text(script.source))) { _ in })
      send(errand, over: link, left: left - 1)
    case "MOVED", "ASK":
      guard words.count == 3, let slot = Int(words[1]), let endpoint = endpoint(words[2], seenFrom: link) else {
        return false
      }
      if words[0] == "MOVED" {
        map?.move(slot, to: endpoint)
        refreshMap()
      } else {
        self.link(to: endpoint).send(RedisRequest(RESPCommand("ASKING")) { _ in })
      }
      send(errand, over: self.link(to: endpoint), left: left - 1)
    case "READONLY":
      // It was the master when the link was made.
      link.drop("Redis at \(link.name) is a replica now")
      return false
    default: return false
    }
    return true
  }

  /// A server that does not know its own name leaves it out.
  func endpoint(_ text: some StringProtocol, seenFrom link: RedisLink) -> RedisEndpoint? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }
    if host.isEmpty || host == "?" {
      return options.addresses.first { $0.description == link.name }.map { RedisEndpoint(host: $0.host, port: port) }
    }
    return RedisEndpoint(host: String(host), port: port)
  }
}

extension RedisPool: RedisLinkOwner {
  func linkIsUp(_ link: RedisLink) {
    refreshMap()
    owner?.linkIsUp(link)
  }

  func linkIsDown(_ link: RedisLink, reason: String, wasUp: Bool) {
    // A cluster may have put another server in its place.
    refreshMap()
    owner?.linkIsDown(link, reason: reason, wasUp: wasUp)
  }

  func link(_ link: RedisLink, pushed values: [RESPValue]) {
    owner?.link(link, pushed: values)
  }
}

/// Whoever uses a pool.
protocol RedisPoolOwner: AnyObject {
  func linkIsUp(_ link: RedisLink)
  func linkIsDown(_ link: RedisLink, reason: String, wasUp: Bool)
  func link(_ link: RedisLink, pushed values: [RESPValue])
  /// Some slots are served by others now.
  func slotsHaveMoved()
}
