import HubIO
import HubTesting
import HubWire
import Testing

@testable import HubRooms

/// Random comings and goings, held against a model that looks at everything anew each time.
@Suite struct PresenceModelTests {
  /// What is true of one user.
  private struct Truth {
    /// The end of each connection's lease.
    var leases: [PresenceKey: Moment] = [:]
    var info: [UInt8]?
    /// Since when no connection is there.
    var alone: Moment?
    var place = 0
  }

  private struct Model {
    let hold: Duration
    var users: [String: Truth] = [:]
    var places = 0

    /// Lets time come to `now`.
    mutating func tick(_ now: Moment) -> Set<String> {
      var gone: Set<String> = []
      for (user, truth) in users {
        var truth = truth
        let ended = truth.leases.filter { $0.value <= now }
        for key in ended.keys { truth.leases[key] = nil }
        if truth.leases.isEmpty, truth.alone == nil { truth.alone = ended.values.max() }
        users[user] = truth
        if truth.leases.isEmpty, let alone = truth.alone, alone + hold <= now {
          users[user] = nil
          gone.insert(user)
        }
      }
      return gone
    }

    var order: [String] { users.sorted { $0.value.place < $1.value.place }.map(\.key) }
  }

  private struct Run {
    var random: SeededRandom
    var state: PresenceState
    var model: Model
    var now = Samples.moment(0)
    var serial: UInt64 = 0
    var known: [(key: PresenceKey, user: String)] = []
    /// What an observer would think who hears every change.
    var heard: Set<String> = []
    var problems: [String] = []
    var joins = 0

    init(seed: UInt64) {
      random = SeededRandom(seed: seed)
      let hold = Duration.seconds([0, 1, 3][random.number(in: 0..<3)])
      state = PresenceState(hold: hold)
      model = Model(hold: hold)
    }

    mutating func step() {
      switch random.number(in: 0..<8) {
      case 0, 1, 2: enter()
      case 3, 4: leave()
      case 5: renew()
      default: tick()
      }
      if state.count != model.users.count { problems.append("\(state.count) members of \(model.users.count)") }
      if state.connections != model.users.values.reduce(0, { $0 + $1.leases.count }) { problems.append("connections") }
      if heard != Set(model.users.keys) { problems.append("heard \(heard), true is \(model.users.keys)") }
    }

    private mutating func hear(_ changes: [PresenceChange]) {
      for change in changes {
        switch change {
        case .joined(let user, _):
          joins += 1
          if !heard.insert(user).inserted { problems.append("\(user) joined twice") }
        case .left(let user, _): if heard.remove(user) == nil { problems.append("\(user) left twice") }
        }
      }
    }

    private mutating func enter() {
      serial += 1
      let key = PresenceKey(connection: ConnectionID(high: 0, low: serial % 5), serial: serial)
      let user = "u\(random.number(in: 0..<60))"
      let end = now + .seconds(random.number(in: 1...20))
      let info = Array("{\"n\":\(serial)}".utf8)
      known.append((key, user))
      let isNew = model.users[user] == nil
      if isNew {
        model.places += 1
        model.users[user] = Truth(place: model.places)
      }
      model.users[user]?.leases[key] = end
      model.users[user]?.info = info
      model.users[user]?.alone = nil
      let change = state.enter(key, user: user, info: info, until: end)
      if change != (isNew ? .joined(user: user, info: info) : nil) { problems.append("entering says \(change as Any)") }
      hear(change.map { [$0] } ?? [])
    }

    private mutating func leave() {
      guard !known.isEmpty else { return }
      let (key, user) = known[random.number(in: 0..<known.count)]
      if model.users[user]?.leases.removeValue(forKey: key) != nil, model.users[user]?.leases.isEmpty == true {
        if model.hold == .zero { model.users[user] = nil } else { model.users[user]?.alone = now }
      }
      hear(state.leave(key, at: now).map { [$0] } ?? [])
    }

    private mutating func renew() {
      guard !known.isEmpty else { return }
      let (key, user) = known[random.number(in: 0..<known.count)]
      let end = now + .seconds(random.number(in: 1...20))
      let before = model.users[user]?.leases[key]
      if let before { model.users[user]?.leases[key] = max(before, end) }
      if state.renew(key, until: end) != (before != nil) { problems.append("renewing") }
    }

    private mutating func tick() {
      now = now + .milliseconds(random.number(in: 0...1500))
      let before = Set(model.users.keys)
      let gone = model.tick(now)
      let (changes, _) = state.tick(at: now)
      hear(changes)
      if !gone.isSubset(of: before) || changes.count != gone.count { problems.append("\(changes) for \(gone)") }
      if let due = state.nextDue, due <= now { problems.append("due in the past") }
    }

    /// All pages, one after another.
    mutating func read() {
      var users: [String] = []
      var cursor: UInt64?
      repeat {
        let page = state.page(after: cursor, limit: random.number(in: 1...7))
        if page.count != model.users.count { problems.append("count") }
        for member in page.members {
          users.append(member.user)
          let truth = model.users[member.user]
          if member.connections != truth?.leases.count ?? -1 || member.info != truth?.info {
            problems.append("\(member.user) is shown wrong")
          }
        }
        cursor = page.next
      } while cursor != nil
      if users != model.order { problems.append("the pages show \(users), true is \(model.order)") }
    }
  }

  @Test func `members, their order, their pages and what is told agree with the truth`() {
    var joins = 0
    for seed in Seeds.run(60) {
      var run = Run(seed: seed)
      for _ in 0..<2000 where run.problems.isEmpty {
        run.step()
        if run.random.once(in: 20) { run.read() }
      }
      // Everybody goes, and nobody is left.
      run.now = run.now + .seconds(100)
      _ = run.state.tick(at: run.now)
      #expect(run.state.isEmpty && run.state.nextDue == nil, "ROOMCAST_SEED=\(seed)")
      #expect(run.problems.isEmpty, "ROOMCAST_SEED=\(seed): \(run.problems.prefix(3))")
      joins += run.joins
    }
    #expect(joins > 500)
  }

  @Test func `who flaps leaves no heap of ends behind`() {
    var state = PresenceState(hold: .seconds(3))
    for number: UInt64 in 1...50_000 {
      let key = PresenceKey(connection: ConnectionID(high: 0, low: 1), serial: number)
      _ = state.enter(key, user: "ann", info: nil, until: Samples.moment(3600))
      _ = state.leave(key, at: Samples.moment(0))
    }
    #expect(state.plannedCount < 200)
  }
}
