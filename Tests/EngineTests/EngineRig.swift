import HubDisk
import HubIO
import HubRooms
import HubWire
import Synchronization
import Testing

/// The engines that one suite is run against.
enum EngineKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case memory, disk, redis, cluster

  /// Those whose clock is the test's: for what happens after a time, and for bounds that only they keep.
  static let timed: [EngineKind] = [.memory, .disk]
  /// Those from which events can be read.
  static let keeping: [EngineKind] = [.disk, .redis, .cluster]

  var testDescription: String { rawValue }
}

/// An engine, and the time it is told. The disk's threads are not started: the rig does their work, step by step.
final class EngineRig: Sendable {
  private let held: Lock<(any Engine)?>
  let directory: TemporaryDirectory
  private let seconds = Atomic<Int>(0)
  /// Where the engine is on Redis.
  private let redis: RedisRig?

  init(
    _ kind: EngineKind = .disk, limits: DiskLimits = Samples.limits, directory: TemporaryDirectory = .init()
  ) throws {
    self.directory = directory
    let makeEpoch = Self.epochs()
    redis =
      kind == .redis || kind == .cluster ? try RedisRig(isCluster: kind == .cluster, makeEpoch: makeEpoch) : nil
    switch kind {
    case .redis, .cluster: held = Lock(redis?.engine)
    case .memory:
      held = Lock(
        MemoryEngine(
          limits: MemoryEngineLimits(
            remember: limits.remember, rememberedRooms: limits.rememberedRooms, idempotency: limits.idempotency,
            idempotencyKeys: limits.idempotencyKeys), makeEpoch: makeEpoch))
    case .disk:
      held = Lock(try DiskEngine.open(directory.path, limits: limits, makeEpoch: makeEpoch))
    }
  }

  /// No two are the same, in all rigs together.
  private static func epochs() -> @Sendable () -> String {
    { "e\(number.add(1, ordering: .relaxed).newValue)" }
  }
  private static let number = Atomic<Int>(0)

  var engine: any Engine {
    guard let engine = held.withLock({ $0 }) else { preconditionFailure("the engine is gone") }
    return engine
  }

  var disk: DiskEngine? { engine as? DiskEngine }

  /// Lets the engine go as it is, as a crash would.
  func crash() {
    held.withLock { $0 = nil }
  }

  var now: Moment { Samples.moment(seconds.load(ordering: .relaxed)) }
  /// The wall clock, in milliseconds.
  var time: Int64 { Int64(seconds.load(ordering: .relaxed)) * 1000 }

  /// Lets time pass, as the hub does it: with ticks.
  func pass(_ count: Int) {
    for _ in 0..<count {
      seconds.add(1, ordering: .relaxed)
      engine.tick(at: now)
      settle()
    }
  }

  /// Does what there is to do.
  func settle() {
    guard let disk else { return }
    while disk.work() || disk.readWork() {}
  }

  /// Runs `body`, and does the engine's work meanwhile.
  func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
    if let redis { return await redis.run(body) }
    let isDone = Flag()
    let task = Task {
      let result = await body()
      isDone.value.store(true, ordering: .releasing)
      return result
    }
    while !isDone.value.load(ordering: .acquiring) {
      settle()
      await Task.yield()
    }
    return await task.value
  }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }

  // MARK: Short forms

  func open(_ name: String) async throws -> RoomPlace {
    let (engine, now) = (engine, now)
    return try await run { () async -> Swift.Result<RoomPlace, HubError> in
      do throws(HubError) {
        return .success(try await engine.open(Samples.room(name), at: now))
      } catch {
        return .failure(error)
      }
    }.get()
  }

  func drop(_ name: String) async throws -> RoomPlace {
    let (engine, now) = (engine, now)
    return try await run { () async -> Swift.Result<RoomPlace, HubError> in
      do throws(HubError) {
        return .success(try await engine.drop(Samples.room(name), at: now))
      } catch {
        return .failure(error)
      }
    }.get()
  }

  func append(_ batch: [NewAppend], to name: String) async -> [Swift.Result<Appended, HubError>] {
    let (engine, now) = (engine, now)
    return await run { await engine.append(batch, to: Samples.room(name), at: now) }
  }

  /// One event of now.
  func append(
    _ name: String = "a", data: String = "1", key: String? = nil, digest: UInt8 = 0, principal: String = "",
    subscribers: Int = 0, isEphemeral: Bool = false
  ) async -> Swift.Result<Appended, HubError> {
    await append(
      [
        Samples.append(
          data, key: key, digest: digest, principal: principal, subscribers: subscribers, isEphemeral: isEphemeral,
          time: time)
      ], to: name)[0]
  }

  func read(
    _ name: String = "a", after: UInt64 = 0, through: UInt64 = .max, events: Int = 1000, bytes: Int = 1 << 20
  ) async throws -> StoredPart {
    let engine = engine
    return try await run { () async -> Swift.Result<StoredPart, HubError> in
      do throws(HubError) {
        return .success(
          try await engine.read(
            Samples.room(name), after: after, through: through, limit: ReadLimit(events: events, bytes: bytes)))
      } catch {
        return .failure(error)
      }
    }.get()
  }

  func close(_ name: String) async {
    let (engine, now) = (engine, now)
    await run { engine.close(Samples.room(name), at: now) }
  }
}
