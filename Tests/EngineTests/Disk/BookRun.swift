import HubIO
import HubRooms
import HubTesting
import HubWire
import Synchronization

@testable import HubDisk

/// A book with a model of its store, and whatever can happen to them, by a seed.
struct BookRun {
  private var random: SeededRandom
  private let limits: DiskLimits
  private var model = ModelStore()
  private var book: Book
  private let epochs: Epochs
  private var seconds = 0
  /// Positions that lasted or were told, with their rooms.
  private var used: Set<String> = []
  private var newest: [String: Position] = [:]
  private(set) var problems: [String] = []

  private final class Epochs: Sendable {
    private let number = Atomic<Int>(0)
    func next() -> String { "e\(number.add(1, ordering: .relaxed).newValue)" }
  }

  init(seed: UInt64, limits: DiskLimits) {
    random = SeededRandom(seed: seed)
    self.limits = limits
    let epochs = Epochs()
    self.epochs = epochs
    book = Book(model.reopened, limits: limits, makeEpoch: { epochs.next() })
  }

  private var now: Moment { Samples.moment(seconds) }

  mutating func step() {
    let name = ["a", "b", "c", "d", "e"][random.number(in: 0..<5)]
    switch random.number(in: 0..<12) {
    case 0...2: open(name)
    case 3...4: book.close(Samples.room(name), at: now)
    case 5:
      seconds += random.number(in: 0..<15)
      book.tick(at: now)
    case 6:
      // A crash: what was committed is there, and nothing else.
      let epochs = epochs
      book = Book(model.reopened, limits: limits, makeEpoch: { epochs.next() })
      seconds = 0
    default: transaction()
    }
    if let problem = model.problem { problems.append(problem) }
  }

  private mutating func open(_ name: String) {
    let place = book.open(Samples.room(name), at: now).newest
    if let told = newest[name], told.epoch == place.epoch, told.offset > place.offset {
      problems.append("\(name) was at \(told) and is at \(place)")
    }
  }

  private mutating func transaction() {
    var plan = WritePlan(clock: book.clock(at: now))
    var answers: [(String, Position)] = []
    if random.once(in: 6) { return drop(&plan) }
    for _ in 0..<random.number(in: 0..<3) {
      let name = ["a", "b", "c", "d", "e"][random.number(in: 0..<5)]
      let batch = (0..<random.number(in: 1..<4)).map { _ in Samples.append() }
      answers += book.take(batch, of: Samples.room(name), into: &plan).compactMap { $0.fresh.map { (name, $0) } }
    }
    book.maintain(&plan)
    for index in plan.rooms.indices where plan.isChanged[index] && random.once(in: 3) {
      plan.rooms[index].oldest = plan.rooms[index].newest + 1
      plan.rooms[index].oldestTime = nil
    }
    plan.isWritten = !plan.isEmpty
    comeAndGo()
    finish(plan, answers)
  }

  /// Rooms come and go while the disk works.
  private mutating func comeAndGo() {
    for _ in 0..<random.number(in: 0..<3) {
      let name = ["a", "b", "c", "d", "e"][random.number(in: 0..<5)]
      if random.once(in: 2) { open(name) } else { book.close(Samples.room(name), at: now) }
    }
  }

  /// A room begins anew, somewhere where it has never been.
  private mutating func drop(_ plan: inout WritePlan) {
    let name = ["a", "b", "c", "d", "e"][random.number(in: 0..<5)]
    let place = book.drop(Samples.room(name), into: &plan)
    if place.offset != 0 || used.contains(where: { $0.hasPrefix("\(name) \(place.epoch)-") }) {
      problems.append("\(name) begins anew at \(place), where it has been")
    }
    plan.isWritten = true
    comeAndGo()
    finish(plan, [])
  }

  private mutating func finish(_ plan: WritePlan, _ answers: [(String, Position)]) {
    switch random.number(in: 0..<8) {
    case 0:
      // Refused, and nothing is in doubt.
      book.discard(plan)
    case 1:
      // Nobody knows: it may have been taken.
      if random.once(in: 2) { commit(plan, answers) }
      book.discard(plan)
      reload()
    case 2:
      // It was answered, and then the disk lost it.
      let before = model
      commit(plan, answers)
      book.apply(plan)
      tell(answers)
      model = before
      reload()
    default:
      commit(plan, answers)
      book.apply(plan)
      tell(answers)
    }
  }

  /// The store is opened anew, and rooms that begin anew are written before anything else.
  private mutating func reload() {
    book.reload(model.reopened)
    var plan = WritePlan(clock: book.clock.now)
    book.maintain(&plan)
    plan.isWritten = true
    commit(plan, [])
    book.apply(plan)
  }

  private mutating func commit(_ plan: WritePlan, _ answers: [(String, Position)]) {
    model.commit(plan)
    for (name, position) in answers where !used.insert("\(name) \(position)").inserted {
      problems.append("\(name) has two events at \(position)")
    }
  }

  private mutating func tell(_ answers: [(String, Position)]) {
    for (name, position) in answers { newest[name] = position }
  }
}
