/// Timers by the ten thousand at a constant cost each: a hierarchical timing wheel (Varghese and Lauck, scheme 7).
///
/// Operations: schedule O(1), cancel O(1), advance O(ticks passed + timers due). Time is cut into ticks of 8 ms; a timer
/// fires in the first `advance` at or after its deadline, never before it. Level `n` has 64 slots of 64ⁿ ticks, five
/// levels reach 99 days, and later deadlines are clamped to that. A slot is a doubly linked list through one slab, so an
/// idle connection's timer costs one slab entry and no allocation of its own.
package struct TimerWheel<Payload> {
  /// Names a scheduled timer until it fires or is cancelled; afterwards it names nothing, even if the entry is reused.
  package struct ID: Hashable, Sendable {
    var index: Int32
    var generation: UInt32
  }

  private struct Entry {
    var payload: Payload?
    var due: Int64
    var next: Int32
    var previous: Int32
    var slot: Int32
    var generation: UInt32
  }

  private static var bits: Int64 { 6 }
  private static var slotsPerLevel: Int64 { 64 }
  private static var levels: Int64 { 5 }
  private static var none: Int32 { -1 }
  private static var nanosecondsPerTick: Int64 { 8_000_000 }

  private var entries: ContiguousArray<Entry> = []
  private var freeEntry: Int32 = -1
  private var heads: ContiguousArray<Int32>
  /// The last tick whose timers have been handed out.
  private var tick: Int64

  /// How many timers wait.
  package private(set) var count = 0

  package init(now: Moment) {
    heads = ContiguousArray(repeating: Self.none, count: Int(Self.slotsPerLevel * Self.levels))
    tick = now.nanoseconds / Self.nanosecondsPerTick
  }

  package mutating func schedule(_ payload: Payload, at deadline: Moment) -> ID {
    let due = max(tick + 1, (deadline.nanoseconds + Self.nanosecondsPerTick - 1) / Self.nanosecondsPerTick)
    let index = takeEntry()
    entries[Int(index)].payload = payload
    entries[Int(index)].due = due
    link(index)
    count += 1
    return ID(index: index, generation: entries[Int(index)].generation)
  }

  /// The payload of the timer, which will not fire any more; nil where it has fired or was cancelled before.
  @discardableResult
  package mutating func cancel(_ id: ID) -> Payload? {
    guard entries.indices.contains(Int(id.index)), entries[Int(id.index)].generation == id.generation,
      let payload = entries[Int(id.index)].payload
    else { return nil }
    unlink(id.index)
    release(id.index)
    return payload
  }

  /// Appends everything due at `now` to `fired`, in the order of ticks.
  package mutating func advance(to now: Moment, into fired: inout ContiguousArray<Payload>) {
    let target = now.nanoseconds / Self.nanosecondsPerTick
    if count == 0 { tick = max(tick, target) }
    while tick < target {
      tick += 1
      cascade()
      fireSlot(into: &fired)
      if count == 0 { tick = target }
    }
  }

  /// How long a caller may sleep: never past the next deadline, at most 64 ticks where only distant timers wait; nil
  /// without timers.
  package func sleepLimit(now: Moment) -> Duration? {
    guard count > 0 else { return nil }
    let end = (tick | (Self.slotsPerLevel - 1)) + 1
    var next = tick + 1
    while next < end, heads[Int(next & (Self.slotsPerLevel - 1))] == Self.none { next += 1 }
    return .nanoseconds(max(0, next * Self.nanosecondsPerTick - now.nanoseconds))
  }

  // MARK: Slots

  /// At the start of each round of a level, the next slot of the level above is dealt out to the finer ones.
  private mutating func cascade() {
    var level: Int64 = 1
    while level < Self.levels, tick & ((1 << (Self.bits * level)) - 1) == 0 {
      let slot = level * Self.slotsPerLevel + (tick >> (Self.bits * level)) & (Self.slotsPerLevel - 1)
      var index = heads[Int(slot)]
      heads[Int(slot)] = Self.none
      while index != Self.none {
        let next = entries[Int(index)].next
        link(index)
        index = next
      }
      level += 1
    }
  }

  private mutating func fireSlot(into fired: inout ContiguousArray<Payload>) {
    let slot = Int(tick & (Self.slotsPerLevel - 1))
    while heads[slot] != Self.none {
      let index = heads[slot]
      unlink(index)
      if entries[Int(index)].due > tick {
        link(index)  // clamped at the wheel's reach: another round
      } else if let payload = entries[Int(index)].payload {
        release(index)
        fired.append(payload)
      }
    }
  }

  private mutating func link(_ index: Int32) {
    let reach = (Int64(1) << (Self.bits * Self.levels)) - 1
    let distance = min(max(0, entries[Int(index)].due - tick), reach)
    let due = tick + distance
    var level: Int64 = 0
    while level < Self.levels - 1, distance >= 1 << (Self.bits * (level + 1)) { level += 1 }
    let slot = level * Self.slotsPerLevel + (due >> (Self.bits * level)) & (Self.slotsPerLevel - 1)
    let head = heads[Int(slot)]
    entries[Int(index)].slot = Int32(slot)
    entries[Int(index)].previous = Self.none
    entries[Int(index)].next = head
    if head != Self.none { entries[Int(head)].previous = index }
    heads[Int(slot)] = index
  }

  private mutating func unlink(_ index: Int32) {
    let entry = entries[Int(index)]
    if entry.previous == Self.none {
      heads[Int(entry.slot)] = entry.next
    } else {
      entries[Int(entry.previous)].next = entry.next
    }
    if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
  }

  // MARK: Slab

  private mutating func takeEntry() -> Int32 {
    guard freeEntry != Self.none else {
      entries.append(Entry(payload: nil, due: 0, next: Self.none, previous: Self.none, slot: 0, generation: 0))
      return Int32(entries.count - 1)
    }
    let index = freeEntry
    freeEntry = entries[Int(index)].next
    return index
  }

  private mutating func release(_ index: Int32) {
    entries[Int(index)].payload = nil
    entries[Int(index)].generation &+= 1
    entries[Int(index)].next = freeEntry
    freeEntry = index
    count -= 1
  }
}
