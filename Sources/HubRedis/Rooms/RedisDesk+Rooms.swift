import HubIO
import HubRooms
import HubWire

/// What rooms ask of Redis.
extension RedisDesk {
  /// Follows the room, and says where it stands. The channel is subscribed first: what comes later arrives.
  ///
  /// - Parameter newest: what the room knows; nil for one that is not open yet, which is not followed where this fails.
  func open(_ room: RoomName, knowing newest: Position?) async throws(HubError) -> RoomPlace {
    wanted.insert(room)
    do throws(HubError) {
      return try await place(of: room, knowing: newest)
    } catch {
      if newest == nil { close(room) }
      throw error
    }
  }

  private func place(of room: RoomName, knowing newest: Position?) async throws(HubError) -> RoomPlace {
    let names = keys(room)
    let history = history(of: room)
    var refusal: RedisFailure?
    follow(room, names) { refusal = $0 }
    let known: [RESPArgument] = newest.map { [.text($0.epoch), .number(Int(clamping: $0.offset))] } ?? ["", 0]
    let words: [RESPArgument] =
      [.text(names.channel), .text(shared.freshEpoch())] + known
      + [.number(remember(history)), .number(Int(history.age))]
    let answer = try await call(.place, [names.room, names.events], words, for: names.base)
    if let refusal { throw refusal.hubError }
    guard let values = answer.array, let place = Self.place(values) else { throw Self.nonsense }
    return place
  }

  func read(
    _ room: RoomName, after offset: UInt64, through end: UInt64, limit: ReadLimit
  ) async throws(HubError) -> StoredPart {
    await window.enter(limit.bytes)
    defer { window.leave(limit.bytes) }
    let names = keys(room)
    let words: [RESPArgument] = [
      .number(Int(clamping: offset)), .number(Int(clamping: end)), .number(limit.events), .number(limit.bytes),
    ]
    let answer = try await call(.read, [names.room, names.events], words, for: names.base)
    guard let values = answer.array, var place = Self.place(values) else { throw Self.nonsense }
    var events: [Event] = []
    for index in stride(from: 3, to: values.count - 1, by: 2) {
      guard let id = values[index].text, let number = UInt64(id.prefix { $0 != "-" }) else { throw Self.nonsense }
      guard let record = values[index + 1].bytes, let (event, time) = EventRecord.decode(record[...]) else {
        if !events.isEmpty { break }
        // What no hub has written stands in nobody's way: what is kept begins behind it.
        place.oldest = number + 1
        continue
      }
      let position = Position(epoch: place.newest.epoch, offset: number)
      events.append(Event(event, room: room, position: position, time: time))
    }
    shared.noteRead(events.count)
    return StoredPart(place: place, events: events)
  }

  func drop(_ room: RoomName) async throws(HubError) -> RoomPlace {
    let names = keys(room)
    let words: [RESPArgument] = [
      .text(names.channel), .text(shared.freshEpoch()), .number(remember(history(of: room))),
    ]
    let answer = try await call(.drop, [names.room, names.events], words, for: names.base)
    guard let epoch = answer.text else { throw Self.nonsense }
    return RoomPlace(newest: Position(epoch: epoch, offset: 0), oldest: 1)
  }

  /// The room has left this node.
  func close(_ room: RoomName) {
    wanted.remove(room)
    guard let follow = followed.removeValue(forKey: room) else { return }
    let channel = keys(room).channel
    channels[Array(channel.utf8)] = nil
    if follow.holds { leave(channel, over: follow.link) }
  }

  /// It is answered by a push; where the channel's slot has just moved, by an error as well.
  private func leave(_ channel: String, over link: RedisLink) {
    fences += 1
    let word = "left \(fences)"
    let commands = (RESPCommand("SUNSUBSCRIBE", .text(channel)), RESPCommand("PING", .text(word)))
    link.send(RedisRequest(commands.0, commands.1, answer: .fence(word)) { _ in })
  }

  private static func place(_ values: [RESPValue]) -> RoomPlace? {
    guard values.count >= 3, let epoch = values[0].text, let newest = values[1].integer.flatMap(UInt64.init(exactly:)),
      let oldest = values[2].integer.flatMap(UInt64.init(exactly:)), oldest > 0
    else { return nil }
    return RoomPlace(newest: Position(epoch: epoch, offset: newest), oldest: oldest)
  }

  private static let nonsense = HubError(.engineUnavailable, "Redis answers what the hub's script does not say")

  private func call(
    _ script: RedisScript, _ names: [String], _ words: [RESPArgument], for key: String
  ) async throws(HubError) -> RESPValue {
    let result: Result<RESPValue, RedisFailure> = await withUnsafeContinuation { continuation in
      pool.call(script, keys: names, words, for: key) { continuation.resume(returning: $0) }
    }
    return try result.mapError { HubError(.engineUnavailable, $0.reason) }.get()
  }

  // MARK: Following

  /// Subscribes to the room's channel where that is not done.
  ///
  /// - Parameter fail: called before the answer to any later command, where it cannot be.
  private func follow(_ room: RoomName, _ names: RoomKeys, fail: @escaping (RedisFailure) -> Void) {
    if let follow = followed[room], follow.holds, pool.link(for: names.base) === follow.link { return }
    subscribe(names.channel, for: names.base) { [weak self] result in
      guard let self else { return }
      switch result {
      case .success(let link):
        // It may have been closed meanwhile.
        guard self.wanted.contains(room) else { return self.leave(names.channel, over: link) }
        self.channels[Array(names.channel.utf8)] = room
        self.followed[room] = Follow(
          link: link, connection: link.established, prolonged: self.reactor.now)
      case .failure(let failure): fail(failure)
      }
    }
  }

  /// - Parameter complete: gets the link over which it was done.
  func subscribe(
    _ channel: String, for key: String, complete: @escaping (Result<RedisLink, RedisFailure>) -> Void
  ) {
    pool.send(
      RESPCommand("SSUBSCRIBE", .text(channel)), for: key, answer: .confirmation(channel: channel)
    ) { [pool] result in
      complete(result.map { _ in pool.link(for: key) })
    }
  }

  // MARK: Who is present

  /// How many members are asked for at once.
  private static let membersAtOnce = 256
  /// What so many take at most, about.
  private static let membersBytes = 1 << 20

  /// The version is asked for first. Whoever is there all the time is found; who comes and goes meanwhile is told of by
  /// what arrives, with versions above it.
  func members(of room: RoomName) async throws(HubError) -> SharedMembers {
    let names = keys(room)
    let version = try await ask(RESPCommand("HGET", .text(names.members), "#"), for: names.base).integer ?? 0
    var members: [PresenceKey: SharedMember] = [:]
    var cursor = "0"
    repeat {
      await window.enter(Self.membersBytes)
      defer { window.leave(Self.membersBytes) }
      let command = RESPCommand(
        "HSCAN", .text(names.members), .text(cursor), "COUNT", .number(Self.membersAtOnce))
      guard let part = try await ask(command, for: names.base).array, part.count == 2, let next = part[0].text,
        let fields = part[1].array
      else { throw Self.nonsense }
      for index in stride(from: 1, to: fields.count, by: 2) {
        guard let record = fields[index].bytes, let member = MemberRecord.decode(record[...]) else { continue }
        members[member.key] = member
      }
      cursor = next
    } while cursor != "0"
    return SharedMembers(version: UInt64(max(0, version)), members: Array(members.values))
  }

  private func ask(_ command: RESPCommand, for key: String) async throws(HubError) -> RESPValue {
    let result: Result<RESPValue, RedisFailure> = await withUnsafeContinuation { continuation in
      pool.send(command, for: key) { continuation.resume(returning: $0) }
    }
    return try result.mapError { HubError(.engineUnavailable, $0.reason) }.get()
  }

  func tell(_ changes: [SharedPresenceChange], in room: RoomName) {
    let names = keys(room)
    var words: [RESPArgument] = [.text(names.channel), .number(remember(options.history))]
    for change in changes {
      switch change {
      case .entered(let member):
        words += ["+", .text(MemberRecord.field(member.key)), .bytes(MemberRecord.encode(member))]
      case .left(let key): words += ["-", .text(MemberRecord.field(key)), ""]
      }
    }
    pool.call(.presence, keys: [names.members], words, for: names.base) { [weak self] result in
      if case .failure = result { self?.compareLater(room) }
    }
  }

  /// What could not be told is told again when the room compares itself, but not at once: it may be refused again.
  private func compareLater(_ room: RoomName) {
    Task(executorPreference: reactor) {
      await self.reactor.sleep(for: .seconds(1))
      if !self.isStopped { self.directory.arrived(.doubt, in: room, on: self.reactor.index) }
    }
  }
}
