package import HubIO
package import HubRooms
package import HubWire

/// Appending, and what becomes of events while Redis is away.
extension RedisEngine {
  package func append(
    _ batch: [NewAppend], to room: RoomName, at time: Moment
  ) async -> [Result<Appended, HubError>] {
    if batch.isEmpty { return [] }
    if let journaling, journaling.concerns(room) { return await journaling.append(batch, to: room) }
    let desk: RedisDesk
    do throws(HubError) {
      desk = try self.desk(of: room)
    } catch {
      return batch.map { _ in .failure(error) }
    }
    shared.change(waiting: batch.count)
    let answers = await desk.append(batch, to: room)
    shared.change(waiting: -batch.count)
    // All of a batch go the same way.
    guard case .failure(.redis(let failure))? = answers.first, failure.isAbsence else {
      return answers.map { $0.mapError(\.hubError) }
    }
    switch (options.fallback, journaling) {
    case (.local, _): return batch.map { _ in .success(.local) }
    case (.journal, let journaling?): return await journaling.append(batch, to: room)
    case (.refuse, _), (.journal, nil): return answers.map { $0.mapError(\.hubError) }
    }
  }

  // MARK: Sending on

  /// How many are sent on at once.
  private static let sentOnAtOnce = 1024

  /// Sends on what waits, in its order, whenever Redis is there; also what a run with another fallback has left.
  func run(_ journaling: Journaling, on reactor: Reactor) async {
    let pause = Pause(reactor: reactor)
    while !shared.isStopped {
      if journaling.settle() || !shared.isReachable {
        await pause.wait(for: .milliseconds(200))
      } else if await !sendOn(journaling, reactor) {
        await pause.wait(for: .milliseconds(500))
      }
    }
  }

  /// - Returns: whether it can go on.
  private func sendOn(_ journaling: Journaling, _ reactor: Reactor) async -> Bool {
    do throws(HubError) {
      let entries = try await journaling.journal.first(Self.sentOnAtOnce)
      guard let last = entries.last else { return false }
      guard await append(entries, from: reactor) else { return false }
      try await journaling.journal.remove(through: last.sequence)
      shared.note(journal: nil)
      return true
    } catch {
      shared.note(journal: error.detail)
      return false
    }
  }

  /// Rooms do not wait for each other; the order of a room's events is kept.
  ///
  /// - Returns: whether all are settled: taken, now or before, or not to be taken ever.
  private func append(_ entries: [JournalEntry], from reactor: Reactor) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      for (room, part) in Dictionary(grouping: entries, by: \.room) {
        guard let desk = try? desk(of: room) else { return false }
        group.addTask(executorPreference: desk.reactor) {
          let answers = await desk.append(part.map(\.append), to: room, isFromJournal: true)
          for case .failure(.redis(.refused(let reason))) in answers {
            self.shared.note(journal: "Redis refuses what waits in the journal: \(reason)")
          }
          return answers.allSatisfy(\.isSettled)
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
  }
}

extension Result where Success == Appended, Failure == AppendFailure {
  /// Trying again changes nothing.
  fileprivate var isSettled: Bool {
    if case .failure(.redis) = self { false } else { true }
  }
}
