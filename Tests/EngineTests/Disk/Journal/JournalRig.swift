import HubDisk
import HubIO
import HubRooms
import HubWire
import Synchronization

/// A journal whose thread is not started: the rig does its work.
final class JournalRig: Sendable {
  private let held: Lock<DiskJournal?>
  let directory: TemporaryDirectory

  init(limits: JournalLimits = JournalLimits(), directory: TemporaryDirectory = .init(), vfs: String? = nil) throws {
    self.directory = directory
    held = Lock(try DiskJournal.open(vfs == nil ? directory.path : "/journal", limits: limits, vfs: vfs))
  }

  var journal: DiskJournal {
    guard let journal = held.withLock({ $0 }) else { preconditionFailure("the journal is gone") }
    return journal
  }

  /// Lets the journal go as it is, as a crash would.
  func crash() {
    held.withLock { $0 = nil }
  }

  /// Runs `body`, and does the journal's work meanwhile.
  func run<Result: Sendable>(_ body: @escaping @Sendable (DiskJournal) async -> Result) async -> Result {
    let journal = journal
    let isDone = Flag()
    let task = Task {
      let result = await body(journal)
      isDone.value.store(true, ordering: .releasing)
      return result
    }
    while !isDone.value.load(ordering: .acquiring) {
      if !journal.work() { await Task.yield() }
    }
    return await task.value
  }

  private final class Flag: Sendable {
    let value = Atomic<Bool>(false)
  }

  // MARK: Short forms

  func append(_ batch: [NewAppend], to name: String = "a") async -> [Result<Appended, HubError>] {
    await run { await $0.append(batch, to: Samples.room(name)) }
  }

  @discardableResult
  func append(
    _ data: String = "1", to name: String = "a", key: String? = nil, digest: UInt8 = 0, principal: String = "",
    isEphemeral: Bool = false
  ) async -> Result<Appended, HubError> {
    await append(
      [Samples.append(data, key: key, digest: digest, principal: principal, isEphemeral: isEphemeral)], to: name)[0]
  }

  func first(_ limit: Int = 1000) async throws(HubError) -> [JournalEntry] {
    try await run { journal in
      await Result { () async throws(HubError) in try await journal.first(limit) }
    }.get()
  }

  func remove(through sequence: Int64) async throws(HubError) {
    try await run { journal in
      await Result { () async throws(HubError) in try await journal.remove(through: sequence) }
    }.get()
  }

  /// The data of all that waits.
  func data() async throws(HubError) -> [String] {
    try await first().map(\.text)
  }
}

extension Result {
  fileprivate init(_ body: () async throws(Failure) -> Success) async {
    do throws(Failure) { self = .success(try await body()) } catch { self = .failure(error) }
  }
}

extension JournalEntry {
  var text: String {
    switch append.event.data {
    case .json(let text), .base64(let text): String(decoding: text, as: UTF8.self)
    }
  }
}
