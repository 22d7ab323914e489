package import HubIO

/// Who is present in one room: which connections, of which users, until when. A pure value: it is told the time, and says
/// what the others must be told.
///
/// A user is a member from the first of its connections on until its last one has been gone for the time that leaves are
/// held back; who returns before that has never left. A connection counts until its lease ends, whoever holds it. Entering
/// and leaving cost the same however many members there are, but for the logarithm of the heap of ends.
package struct PresenceState {
  private struct Entry {
    let user: String
    /// Nil where its node vouches for it: such a connection is there until it is told that it is not.
    var lease: Lease?
    /// Who vouches for it; nil for this node.
    var node: String?
  }

  private struct Lease {
    var end: Moment
    /// When it is looked at next; renewing does not touch the heap.
    var due: Moment
  }

  private struct Person {
    var info: [UInt8]?
    var connections = 0
    let sequence: UInt64
    /// When the leave is told; nil while a connection is there.
    var leaveDue: Moment?
  }

  private struct Place {
    let sequence: UInt64
    /// Nil once the user has left.
    var user: String?
  }

  private struct Due: Comparable {
    enum Subject {
      case lease(PresenceKey)
      case leave(user: String)
    }

    let moment: Moment
    let subject: Subject

    static func < (left: Due, right: Due) -> Bool { left.moment < right.moment }
    static func == (left: Due, right: Due) -> Bool { left.moment == right.moment }
  }

  private let hold: Duration
  private var entries: [PresenceKey: Entry] = [:]
  private var people: [String: Person] = [:]
  /// The members in the order in which they came, with the empty places of those who left.
  private var order: ContiguousArray<Place> = []
  private var emptyPlaces = 0
  /// Before it are empty places alone.
  private var first = 0
  private var lastSequence: UInt64 = 0
  /// What ends, the next first; what no longer holds is passed over when its turn comes.
  private var dues = Heap<Due>()

  /// - Parameter hold: how long a leave is held back.
  package init(hold: Duration) {
    self.hold = hold
  }

  /// Users who are present, those included whose leave is held back.
  package var count: Int { people.count }
  package var isEmpty: Bool { people.isEmpty && entries.isEmpty }
  package var connections: Int { entries.count }
  /// When ``tick(at:)`` has something to do, at the earliest.
  package var nextDue: Moment? { dues.first?.moment }

  /// How many ends are planned, those that no longer hold included.
  var plannedCount: Int { dues.count }

  // MARK: Coming and going

  /// A connection is there until `end`. What the user's latest connection tells about the user counts.
  package mutating func enter(
    _ key: PresenceKey, user: String, info: [UInt8]?, until end: Moment
  ) -> PresenceChange? {
    if renew(key, until: end) { return nil }
    entries[key] = Entry(user: user, lease: Lease(end: end, due: end))
    plan(.lease(key), at: end)
    return welcome(user, info: info)
  }

  private mutating func welcome(_ user: String, info: [UInt8]?) -> PresenceChange? {
    if people[user] != nil {
      people[user]?.connections += 1
      people[user]?.info = info
      people[user]?.leaveDue = nil
      return nil
    }
    lastSequence += 1
    people[user] = Person(info: info, connections: 1, sequence: lastSequence)
    order.append(Place(sequence: lastSequence, user: user))
    return .joined(user: user, info: info)
  }

  /// The connection is there for longer.
  /// - Returns: false where it is not known, or no longer.
  package mutating func renew(_ key: PresenceKey, until end: Moment) -> Bool {
    guard let index = entries.index(forKey: key) else { return false }
    guard let lease = entries.values[index].lease else { return true }
    entries.values[index].lease?.end = max(lease.end, end)
    return true
  }

  /// The connection says goodbye.
  package mutating func leave(_ key: PresenceKey, at now: Moment) -> PresenceChange? {
    guard let entry = entries.removeValue(forKey: key), let person = people[entry.user] else { return nil }
    people[entry.user]?.connections -= 1
    if person.connections > 1 { return nil }
    if hold <= .zero { return remove(entry.user) }
    people[entry.user]?.leaveDue = now + hold
    plan(.leave(user: entry.user), at: now + hold)
    return nil
  }

  /// Time has come to `now`: who was not renewed is gone, and who did not return has left.
  package mutating func tick(at now: Moment) -> (changes: [PresenceChange], expired: [PresenceKey]) {
    var changes: [PresenceChange] = []
    var expired: [PresenceKey] = []
    while let due = dues.first, due.moment <= now {
      dues.removeFirst()
      switch due.subject {
      case .lease(let key):
        guard let lease = entries[key]?.lease, lease.due == due.moment else { continue }
        if lease.end > due.moment {
          entries[key]?.lease?.due = lease.end
          plan(.lease(key), at: lease.end)
        } else {
          expired.append(key)
          if let change = leave(key, at: due.moment) { changes.append(change) }
        }
      case .leave(let user):
        guard people[user]?.leaveDue == due.moment else { continue }
        if let change = remove(user) { changes.append(change) }
      }
    }
    return (changes, expired)
  }

  // MARK: Other nodes

  /// A connection is there for as long as its node says so.
  package mutating func enter(_ member: SharedMember) -> PresenceChange? {
    if entries[member.key] != nil { return nil }
    entries[member.key] = Entry(user: member.user, node: member.node)
    return welcome(member.user, info: member.info)
  }

  /// A node is gone, and its connections with it.
  package mutating func leave(node: String, at now: Moment) -> [PresenceChange] {
    leave(entries.filter { $0.value.node == node }, at: now)
  }

  /// These connections of other nodes are there, and no others of them.
  package mutating func reconcile(_ members: [SharedMember], at now: Moment) -> [PresenceChange] {
    // Who comes by another connection while one goes has not left.
    var changes = members.compactMap { enter($0) }
    let present = Set(members.map(\.key))
    changes += leave(entries.filter { $0.value.node != nil && !present.contains($0.key) }, at: now)
    return changes
  }

  /// In an order that does not hang on hashes.
  private mutating func leave(_ gone: [PresenceKey: Entry], at now: Moment) -> [PresenceChange] {
    gone.keys.sorted { $0.serial < $1.serial }.compactMap { leave($0, at: now) }
  }

  // MARK: The end

  /// Everybody is gone at once.
  package mutating func removeAll() -> [PresenceChange] {
    let changes = order.compactMap(\.user).map { PresenceChange.left(user: $0, info: people[$0]?.info) }
    entries = [:]
    people = [:]
    order = []
    emptyPlaces = 0
    first = 0
    dues.removeAll()
    return changes
  }

  private mutating func remove(_ user: String) -> PresenceChange? {
    guard let person = people.removeValue(forKey: user) else { return nil }
    order[place(after: person.sequence - 1)].user = nil
    emptyPlaces += 1
    while first < order.count, order[first].user == nil { first += 1 }
    if emptyPlaces > 32, emptyPlaces * 2 > order.count {
      order.removeAll { $0.user == nil }
      emptyPlaces = 0
      first = 0
    }
    return .left(user: user, info: person.info)
  }

  /// Puts an end on the heap. What no longer holds there is thrown out before it is most of it.
  private mutating func plan(_ subject: Due.Subject, at moment: Moment) {
    dues.insert(Due(moment: moment, subject: subject))
    guard dues.count > 64 + 2 * (entries.count + people.count) else { return }
    dues.removeAll()
    for (key, entry) in entries {
      if let lease = entry.lease { dues.insert(Due(moment: lease.due, subject: .lease(key))) }
    }
    for (user, person) in people {
      if let moment = person.leaveDue { dues.insert(Due(moment: moment, subject: .leave(user: user))) }
    }
  }

  // MARK: Looking

  /// Some of the members, in the order in which they came.
  ///
  /// - Parameters:
  ///   - cursor: where the page before ended; nil for the first.
  ///   - limit: how many at most.
  ///   - bytes: how much they may tell together, though one member always fits.
  package func page(after cursor: UInt64?, limit: Int, bytes: Int = 256 << 10) -> MembersPage {
    var members: [Member] = []
    var size = 0
    var last = cursor ?? 0
    for place in order[max(first, place(after: last))...] {
      guard let user = place.user, let person = people[user] else { continue }
      size += user.utf8.count + (person.info?.count ?? 0)
      if members.count >= limit || (size > bytes && !members.isEmpty) {
        return MembersPage(members: members, count: count, next: last)
      }
      members.append(Member(user: user, info: person.info, connections: person.connections))
      last = place.sequence
    }
    return MembersPage(members: members, count: count, next: nil)
  }

  /// The index of the first place whose number is above `sequence`.
  private func place(after sequence: UInt64) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if order[middle].sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
