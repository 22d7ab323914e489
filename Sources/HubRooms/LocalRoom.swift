import HubIO
import HubWire

/// A room as one reactor sees it: its members here, and the burst that is being joined for them.
final class LocalRoom {
  /// A live member, not retained: the fan-out removes it before its channel is let go, and a closed channel lives until
  /// the end of the turn.
  private struct Member {
    let channel: Unmanaged<Channel>
    let subscription: Unmanaged<Subscription>
  }

  /// Members that get the same bytes.
  private struct Audience {
    var members: ContiguousArray<Member> = []
  }

  /// Stands for the room in the delivery stream.
  let id: ObjectIdentifier
  let name: RoomName
  private(set) var epoch: String
  private let limit: OutboxLimit
  /// What becomes of those that do not keep up.
  var slow: SlowPolicy

  private var webSockets = Audience()
  private var eventStreams = Audience()
  /// Each gets bytes of its own.
  private var individuals = Audience()
  /// Those that are not live.
  private var others: ContiguousArray<Subscription> = []

  /// The newest offset that went through here: live members have everything up to it, but for the burst.
  private var lastOffset: UInt64 = 0
  private var burst: ContiguousArray<Event> = []
  private var burstBytes = 0
  /// When each event of the burst was published.
  private var published: ContiguousArray<Moment> = []

  init(id: ObjectIdentifier, name: RoomName, epoch: String, limit: OutboxLimit, slow: SlowPolicy) {
    self.id = id
    self.name = name
    self.epoch = epoch
    self.limit = limit
    self.slow = slow
  }

  /// Members to whom events are pushed as they come.
  var liveCount: Int {
    webSockets.members.count + eventStreams.members.count + individuals.members.count
  }

  /// Subscriptions of every state, live ones included.
  var subscriptions: Int { liveCount + others.count }

  // MARK: Members

  /// A subscription that is not live comes in.
  func add(_ subscription: Subscription) {
    subscription.index = others.count
    others.append(subscription)
  }

  /// One that was not live is live now. `offset` is the room's newest, up to which it has everything.
  func join(_ subscription: Subscription, at offset: UInt64) {
    remove(subscription)
    subscription.state = .live
    lastOffset = offset
    update(subscription.encoding) { audience in
      subscription.index = audience.members.count
      audience.members.append(
        Member(channel: .passUnretained(subscription.channel), subscription: .passUnretained(subscription)))
    }
  }

  /// Live members have everything up to here, but for the burst.
  var newest: Position { Position(epoch: epoch, offset: lastOffset) }

  /// Everybody who is live.
  var live: [Subscription] {
    (webSockets.members + eventStreams.members + individuals.members).map { $0.subscription.takeUnretainedValue() }
  }

  /// Everybody, live or not.
  var all: [Subscription] { live + others }

  func renew(at position: Position) {
    epoch = position.epoch
    lastOffset = position.offset
  }

  /// A subscription goes.
  func remove(_ subscription: Subscription) {
    if case .live = subscription.state { return leaveLive(subscription) }
    let last = others.removeLast()
    guard last !== subscription else { return }
    others[subscription.index] = last
    last.index = subscription.index
  }

  private func leaveLive(_ subscription: Subscription) {
    update(subscription.encoding) { audience in
      let last = audience.members.removeLast()
      guard subscription.index < audience.members.count else { return }
      audience.members[subscription.index] = last
      last.subscription._withUnsafeGuaranteedRef { $0.index = subscription.index }
    }
  }

  private func update(_ encoding: SubscriptionEncoding, _ body: (inout Audience) -> Void) {
    switch encoding {
    case .webSocket: body(&webSockets)
    case .serverSentEvents: body(&eventStreams)
    case .manyServerSentEvents: body(&individuals)
    }
  }

  /// Everybody who is live goes on from history after `offset`.
  func leaveLive(after offset: UInt64) -> [Subscription] {
    let subscriptions = live
    webSockets.members = []
    eventStreams.members = []
    individuals.members = []
    for subscription in subscriptions {
      subscription.state = .behind(Position(epoch: epoch, offset: offset))
      add(subscription)
    }
    return subscriptions
  }

  // MARK: The burst

  /// Adds an event to the burst.
  /// - Returns: whether the burst is as large as one may be and must be sent before it grows.
  func collect(_ event: Event, published moment: Moment) -> Bool {
    if !event.isEphemeral { lastOffset = event.offset }
    burst.append(event)
    published.append(moment)
    burstBytes += event.frame.bytes.count
    return burst.count >= max(1, limit.frames / 2) || burstBytes >= limit.bytes / 2
  }

  var hasBurst: Bool { !burst.isEmpty }

  /// Whether the connection that `event` excludes is live here.
  func holds(excludedBy event: Event) -> Bool {
    guard let excluded = event.excluded else { return false }
    return [webSockets, eventStreams, individuals].contains { audience in
      audience.members.contains { $0.subscription._withUnsafeGuaranteedRef { $0.connection } == excluded }
    }
  }

  /// Pushes the burst to everybody who is live, once each. Members without room for it leave the live stream.
  func send(_ statistics: inout FanoutStatistics) -> [Subscription] {
    guard !burst.isEmpty else { return [] }
    defer {
      burst.removeAll(keepingCapacity: true)
      published.removeAll(keepingCapacity: true)
      burstBytes = 0
    }
    statistics.deliveries += UInt64(burst.count * liveCount)
    for moment in published { statistics.waiting.append((moment, liveCount)) }
    var late: [Subscription] = []
    if !webSockets.members.isEmpty { push(joined(.webSocket), to: webSockets, &late) }
    if !eventStreams.members.isEmpty { push(joined(.serverSentEvents), to: eventStreams, &late) }
    for member in individuals.members {
      let encoding = member.subscription._withUnsafeGuaranteedRef { $0.encoding }
      encoding.remembering { push(joined(encoding), to: member, &late) }
    }
    dismiss(late, &statistics)
    return late
  }

  /// Pushes one event to everybody, and to the connection that it excludes that it was skipped.
  func sendExcluding(_ event: Event, published moment: Moment, _ statistics: inout FanoutStatistics) -> [Subscription] {
    statistics.deliveries += UInt64(liveCount)
    statistics.waiting.append((moment, liveCount))
    if !event.isEphemeral { lastOffset = event.offset }
    burst.append(event)
    defer { burst.removeAll(keepingCapacity: true) }
    var late: [Subscription] = []
    for member in webSockets.members + eventStreams.members + individuals.members {
      let (encoding, connection) = member.subscription._withUnsafeGuaranteedRef { ($0.encoding, $0.connection) }
      encoding.remembering { push(self.event(event, as: encoding, for: connection), to: member, &late) }
    }
    dismiss(late, &statistics)
    return late
  }

  /// Offers a control frame to everybody who is live, made once for each encoding.
  /// - Returns: those who had no room for it, and have left the live stream.
  func offer(_ make: (SubscriptionEncoding) -> [UInt8]) -> [Subscription] {
    var late: [Subscription] = []
    var frames: (webSocket: [UInt8], eventStream: [UInt8])?
    for member in webSockets.members + eventStreams.members + individuals.members {
      let encoded = frames ?? (make(.webSocket), make(.serverSentEvents))
      frames = encoded
      let isWebSocket = member.subscription._withUnsafeGuaranteedRef { $0.encoding.isWebSocket }
      let bytes = isWebSocket ? encoded.webSocket : encoded.eventStream
      let isTaken = member.channel._withUnsafeGuaranteedRef { $0.offer(bytes, frames: 1, limit: limit) }
      if !isTaken { late.append(member.subscription.takeUnretainedValue()) }
    }
    leave(late)
    return late
  }

  /// An event, or in its place that it is skipped, as one subscriber sees it.
  func event(_ event: Event, as encoding: SubscriptionEncoding, for connection: ConnectionID) -> [UInt8] {
    guard event.excluded == connection, !event.isEphemeral else {
      return event.excluded == connection ? [] : encoding.event(event, epoch: epoch)
    }
    let position = Position(epoch: epoch, offset: event.offset)
    return encoding.control("skip", ServerMessage.encodeSkip(room: name, position: position), at: position)
  }

  /// The burst as one piece; a burst of one WebSocket frame is that frame itself.
  private func joined(_ encoding: SubscriptionEncoding) -> [UInt8] {
    if burst.count == 1 { return encoding.event(burst[0], epoch: epoch) }
    if case .webSocket = encoding { return join(burst.count) { burst[$0].frame.bytes } }
    let pieces = burst.map { encoding.event($0, epoch: epoch) }
    return join(pieces.count) { pieces[$0] }
  }

  private func join(_ count: Int, _ piece: (Int) -> [UInt8]) -> [UInt8] {
    var total = 0
    for index in 0..<count { total += piece(index).count }
    return [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      for index in 0..<count {
        piece(index).withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]).copyMemory(
            from: bytes)
          filled += bytes.count
        }
      }
    }
  }

  @inline(__always)
  private func push(_ bytes: [UInt8], to audience: Audience, _ late: inout [Subscription]) {
    for member in audience.members { push(bytes, to: member, &late) }
  }

  @inline(__always)
  @discardableResult
  private func push(_ bytes: [UInt8], to member: Member, _ late: inout [Subscription]) -> Bool {
    let taken = member.channel._withUnsafeGuaranteedRef { channel in
      channel.offer(bytes, frames: burst.count, limit: limit)
    }
    if !taken { late.append(member.subscription.takeUnretainedValue()) }
    return taken
  }

  /// Members that could not take the burst have everything before it.
  private func dismiss(_ late: [Subscription], _ statistics: inout FanoutStatistics) {
    guard !late.isEmpty else { return }
    statistics.ephemeralMissed += UInt64(late.count * burst.count { $0.isEphemeral && !$0.isMembership })
    leave(late)
  }

  /// They leave the live stream, with everything before the burst.
  private func leave(_ late: [Subscription]) {
    // An ephemeral event has no place in history: those who are late miss it, and go on after the last that has one.
    let first = burst.first { !$0.isEphemeral }?.offset
    let position = Position(epoch: epoch, offset: first.map { $0 - 1 } ?? lastOffset)
    for subscription in late {
      remove(subscription)
      subscription.state = slow == .gap ? .late(position) : .behind(position)
      add(subscription)
    }
  }
}
