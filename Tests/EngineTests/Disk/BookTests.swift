import HubIO
import HubRooms
import HubTesting
import HubWire
import Testing

@testable import HubDisk

/// The book without a store: what it decides, and what it makes of failures.
@Suite struct BookTests {
  private static func limits() -> DiskLimits {
    var limits = Samples.limits
    limits.remember = .seconds(20)
    limits.rememberedRooms = 2
    return limits
  }

  @Test func `no position ever names two events, whatever fails`() {
    for seed in Seeds.run(300) {
      var run = BookRun(seed: seed, limits: Self.limits())
      for _ in 0..<120 { run.step() }
      #expect(run.problems.isEmpty, "ROOMCAST_SEED=\(seed): \(run.problems.first ?? "")")
    }
  }

  private static func book(_ model: ModelStore) -> Book {
    Book(model.stored, limits: limits(), makeEpoch: { "fresh" })
  }

  /// Appends one event, as far as the commit.
  private static func plan(_ book: inout Book, _ name: String) -> WritePlan {
    var plan = WritePlan(clock: book.clock.now)
    _ = book.take([Samples.append()], of: Samples.room(name), into: &plan)
    book.maintain(&plan)
    return plan
  }

  @Test func `a transaction that was taken after all is found again`() {
    var model = ModelStore()
    var book = Self.book(model)
    _ = book.open(Samples.room("a"), at: Samples.moment(0))
    let plan = Self.plan(&book, "a")
    model.commit(plan)
    book.discard(plan)
    book.reload(model.stored)
    #expect(book.place(of: Samples.room("a")).newest == Position(epoch: "first", offset: 1))
    #expect(book.rooms.idleCount == 0)
  }

  @Test func `a room that was told more than there is begins anew`() {
    var model = ModelStore()
    var book = Self.book(model)
    for _ in 0..<2 {
      var plan = Self.plan(&book, "a")
      plan.isWritten = true
      book.apply(plan)
      if model.stored.rooms.isEmpty { model.commit(plan) }
    }
    book.reload(model.stored)
    #expect(book.place(of: Samples.room("a")).newest == Position(epoch: "fresh", offset: 0))
    var plan = WritePlan(clock: 0)
    book.maintain(&plan)
    model.commit(plan)
    #expect(model.stored.rooms.isEmpty)
    #expect(model.stored.epoch == "fresh")
    #expect(model.stored.purging == [1])
  }

  @Test func `a room that opens while it is being forgotten goes on as it was told`() {
    var model = ModelStore()
    var book = Self.book(model)
    _ = book.open(Samples.room("a"), at: Samples.moment(0))
    var first = Self.plan(&book, "a")
    first.rooms[0].oldest = 2
    first.rooms[0].oldestTime = nil
    model.commit(first)
    book.apply(first)
    book.close(Samples.room("a"), at: Samples.moment(0))
    book.tick(at: Samples.moment(30))
    var forgetting = WritePlan(clock: book.clock.now)
    book.maintain(&forgetting)
    #expect(forgetting.forgotten.count == 1)
    let told = book.open(Samples.room("a"), at: Samples.moment(30)).newest
    #expect(told == Position(epoch: "fresh", offset: 0))
    // The disk refuses.
    book.discard(forgetting)
    #expect(book.place(of: Samples.room("a")).newest == told)
    model.commit(Self.plan(&book, "a"))
    #expect(model.stored.rooms.map { $0.position } == [Position(epoch: "fresh", offset: 1)])
    #expect(model.stored.epoch == "fresh")
  }
}
