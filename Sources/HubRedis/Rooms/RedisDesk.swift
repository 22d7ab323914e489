import HubIO
import HubRooms
import HubWire

/// The rooms of one reactor, as Redis knows them: what they append and read, and what is told of them.
/// Touched on the reactor's thread only.
final class RedisDesk: @unchecked Sendable {
  let reactor: Reactor
  let options: RedisOptions
  let pool: RedisPool
  let directory: RoomDirectory
  let shared: RedisShared
  /// What is handed in within this turn.
  private var batches: [RoomName: AppendBatch] = [:]
  /// The rooms whose channels are subscribed, and over which link; what was subscribed over a link that is gone is not.
  var followed: [RoomName: Follow] = [:]
  /// Rooms that are open, or being opened.
  var wanted: Set<RoomName> = []
  let window = ReadWindow()
  private(set) var isStopped = false
  /// Counts the words that stand behind what is left.
  var fences = 0
  /// Rooms by their channels.
  var channels: [[UInt8]: RoomName] = [:]
  /// Prolonging goes through the followed rooms, a few at a time.
  var prolonging: [RoomName] = []
  /// Told of what comes in channels that belong to no room.
  var listener: (any RedisDeskListener)?

  /// Over which link a room is followed, and which connection of it.
  struct Follow {
    let link: RedisLink
    let connection: UInt64
    /// When its keys were last prolonged.
    var prolonged: Moment

    var holds: Bool { link.isUp && link.established == connection }
  }

  init(reactor: Reactor, options: RedisOptions, directory: RoomDirectory, shared: RedisShared) {
    self.reactor = reactor
    self.options = options
    self.directory = directory
    self.shared = shared
    pool = RedisPool(reactor: reactor, options: options)
    pool.owner = self
  }

  func start() {
    pool.start()
    shared.note(absence: pool.absence, of: reactor.index)
    Task(executorPreference: reactor) {
      while !self.isStopped {
        self.tick()
        await self.reactor.sleep(for: .seconds(1))
      }
    }
  }

  func stop() {
    isStopped = true
    pool.stop()
  }

  func keys(_ room: RoomName) -> RoomKeys { RoomKeys(room, prefix: options.names) }

  /// What the room keeps in Redis.
  func history(of room: RoomName) -> HistoryLimit { shared.rules(room).stored ?? options.history }

  /// What followed rooms have in Redis is prolonged in time, in milliseconds.
  private static let shortestLife: Int64 = 60_000

  /// How long the room's place is known: no shorter than its events.
  func remember(_ history: HistoryLimit) -> Int {
    Int(max(options.remember.milliseconds, history.age, Self.shortestLife))
  }

  // MARK: Appending

  func append(
    _ events: [NewAppend], to room: RoomName, isFromJournal: Bool = false
  ) async -> [Result<Appended, AppendFailure>] {
    await withUnsafeContinuation { continuation in
      add(AppendBatch.Item(events: events, isFromJournal: isFromJournal, continuation: continuation), to: room)
    }
  }

  private func add(_ item: AppendBatch.Item, to room: RoomName) {
    if batches.isEmpty { Task(executorPreference: reactor) { self.sendBatches() } }
    batches[room, default: AppendBatch()].add(item)
    if batches[room]?.isFull == true, let batch = batches.removeValue(forKey: room) { send(batch, to: room) }
  }

  /// Whatever was handed in since the last time goes together, each room's in one call.
  private func sendBatches() {
    let due = batches
    batches = [:]
    for (room, batch) in due { send(batch, to: room) }
  }

  private func send(_ batch: AppendBatch, to room: RoomName) {
    let names = keys(room)
    let history = history(of: room)
    let events = batch.events
    var keyNames: [String] = []
    let epoch = shared.epoch
    var words: [RESPArgument] = [
      .text(names.channel), .text(epoch), .number(history.events), .number(Int(history.age)), .number(history.bytes),
      .number(remember(history)), .number(life(ofKeysIn: batch)),
    ]
    words.reserveCapacity(words.count + 5 * events.count)
    for new in events {
      if let key = new.key { keyNames.append(names.key(key)) }
      words.append(.number(new.key == nil ? 0 : keyNames.count))
      words.append(.bytes(new.key?.digest ?? []))
      words.append(.number(new.subscribers))
      words.append(new.event.isEphemeral ? "e" : "k")
      words.append(.bytes(EventRecord.encode(new.event, time: new.time)))
    }
    let began = reactor.kernel.now()
    let keys = [names.room, names.events] + keyNames
    pool.call(.append, keys: keys, words, for: names.base) { [shared, reactor] result in
      let answers = Self.answers(result, count: events.count)
      if case .success(let value) = result, value.array?.first?.text == epoch { shared.renewEpoch(epoch) }
      shared.note(answers, since: began, now: reactor.kernel.now())
      batch.answer(answers)
    }
  }

  /// In milliseconds. What waited in the journal may be sent twice, long after it came.
  private func life(ofKeysIn batch: AppendBatch) -> Int {
    let life = options.idempotency.milliseconds
    return Int(batch.isFromJournal ? max(life, options.remember.milliseconds) : life)
  }

  private static func answers(
    _ result: Result<RESPValue, RedisFailure>, count: Int
  ) -> [Result<Appended, AppendFailure>] {
    switch result {
    case .success(let value):
      guard let answers = AppendAnswer.read(value, count: count) else {
        return Array(repeating: .failure(.redis(.lost("Redis answers what the script does not say"))), count: count)
      }
      return answers.map { $0.mapError(AppendFailure.event) }
    case .failure(let failure): return Array(repeating: .failure(.redis(failure)), count: count)
    }
  }
}
