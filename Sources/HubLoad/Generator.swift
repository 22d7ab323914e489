import CLinux
import Glibc

typealias Place = UnsafeMutablePointer<Connection>

/// The load itself: one thread, one epoll set, every connection of the run.
///
/// A struct that cannot be copied, worked on by its mutating methods alone, so that the hot loops carry neither reference counting nor
/// checks of exclusive access. Connections stay at one address; an event names one by its index.
package struct Generator: ~Copyable {
  /// A room of the run, as the publishing side knows it.
  struct RoomTally {
    var live = 0
    var published = 0
    var sequence: UInt64 = 0
  }

  /// The state of all counters at one moment.
  struct Sample {
    var time: UInt64 = 0
    var counters = Counters()
    var server = ServerUsage.CPU()
    var ownCPU = 0.0
    /// Seconds spent asking for events in vain.
    var waited = 0.0
  }

  package let options: LoadOptions
  let usage: ServerUsage
  let address: ServerAddress
  let poll: Int32
  let tls: OpaquePointer?
  let receiveBuffer: UnsafeMutablePointer<UInt8>
  let receiveCapacity: Int

  /// The subscribers first, then the publishers.
  let connections: UnsafeMutableBufferPointer<Connection>
  let rooms: UnsafeMutableBufferPointer<RoomTally>
  let pathTemplate: Template
  let headerTemplates: [Template]
  let helloTemplates: [Template]
  let requests: RequestWriter
  let marker: UnsafeMutableBufferPointer<UInt8>
  let ready: UnsafeMutableBufferPointer<UInt8>
  /// Where in a message the marker was last found.
  var markerOffset = 0

  var counters = Counters()
  package var findings = Findings()
  /// What went wrong, in words: the first of each kind.
  package var remarks: [String] = []
  package var refused: RefusedAnswer?
  /// Why the run had to end.
  var failure: LoadError?
  /// The run was ended from outside.
  package var wasStopped = false
  var nextLook: UInt64 = 0
  var deliveryTimes = Histogram()
  var publishTimes = Histogram()
  var handshakeTimes = Histogram()
  /// Only messages sent within are counted into the histograms.
  var measured: Range<UInt64> = .max ..< .max

  var phase = LoadPhase.connecting
  var phaseStart: UInt64 = 0
  var phaseEnd: UInt64 = .max
  let startedAt: UInt64
  /// Messages sent before are of another run; a replay takes them all.
  let oldestTime: UInt64
  var subscribedAt: UInt64 = 0
  var opened = 0
  var handshakesUnderWay = 0
  package var subscribed = 0
  var publishersReady = 0

  var listed: [Place] = []
  var nextPublisher = 0
  var nextRoom = 0
  var scheduleStart: UInt64 = 0
  var scheduled = 0
  var lastDelivery: UInt64 = 0
  /// Deliveries given up after a stall, so that the run goes on.
  var writtenOff = 0
  var nextSlot = 0
  /// Nanoseconds that passed while asking for events in vain, without sleeping.
  var waited: UInt64 = 0

  var atStart = Sample()
  var afterConnecting = Sample()
  var before = Sample()
  var after = Sample()
  var residentAtStart = 0
  var residentAtEnd = 0

  /// - Throws: where the options name no server, or the system has no room for the run.
  package init(_ options: LoadOptions) throws(LoadError) {
    let address = try ServerAddress(options.host, options.port)
    let requests = RequestWriter(options)
    guard let marker = options.marker ?? requests.body.textBeforeTime, !marker.isEmpty else {
      throw LoadError(.misuse, "--pub-body needs %t with some text before it")
    }
    let tls = try options.tls.map { encryption throws(LoadError) in try Connection.makeTLSContext(encryption) }
    let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard poll >= 0 else { throw LoadError(.failure, "epoll: \(LoadError.last)") }

    self.options = options
    usage = ServerUsage(processes: options.processes)
    self.address = address
    self.requests = requests
    self.tls = tls
    self.poll = poll
    receiveCapacity = max(512 * 1024, 4 * (options.payload + 4096))
    receiveBuffer = .allocate(capacity: receiveCapacity + 1)

    connections = .allocate(capacity: options.subscribers + options.publishConnections)
    for index in 0..<options.subscribers {
      connections.initializeElement(at: index, to: .init(index: index, room: index % options.rooms, role: .subscriber))
    }
    for index in 0..<options.publishConnections {
      var publisher = Connection(index: index, room: index % options.rooms, role: .publisher)
      publisher.sentAt = .allocate(capacity: options.publishInFlight)
      connections.initializeElement(at: options.subscribers + index, to: publisher)
    }
    rooms = .allocate(capacity: options.rooms)
    rooms.initialize(repeating: RoomTally())

    pathTemplate = Template(options.path)
    headerTemplates = options.headers.map { Template($0) }
    helloTemplates = options.hellos.map { Template($0) }
    self.marker = Self.bytes(String(options.marker == nil ? marker.suffix(6) : marker[...]))
    ready = Self.bytes(options.ready)
    startedAt = monotonicNow()
    oldestTime = options.mode == .replay ? 0 : startedAt
  }

  /// Connections are reset, so that their ports are free for the next run at once.
  deinit {
    for index in connections.indices {
      let connection = connections.baseAddress! + index
      if connection.pointee.state != .closed { connection.pointee.close(reset: true) }
      connection.pointee.sentAt?.deallocate()
    }
    for template in [pathTemplate] + headerTemplates + helloTemplates { template.free() }
    requests.free()
    if let tls { Connection.freeTLSContext(tls) }
    receiveBuffer.deallocate()
    connections.deallocate()
    rooms.deallocate()
    marker.deallocate()
    ready.deallocate()
    Glibc.close(poll)
  }

  /// Waits for events until `deadline` at most and serves them. Whole milliseconds are slept, what is left is spent asking again:
  /// epoll cannot sleep shorter, and a timestamp of the open loop must not come late.
  ///
  /// While a closed loop is measured nothing is slept: the kernel charges the waking of a sleeper to the sender that wakes
  /// it, so the slower of two servers would be charged for each time that the generator waits for it.
  mutating func serveEvents(until deadline: UInt64) {
    let most = options.mode == .fanout ? 256 : 1024
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: most) { events in
      let now = monotonicNow()
      let mustNotSleep = options.isClosedLoop && (phase == .warming || phase == .measuring)
      let milliseconds = deadline > now && !mustNotSleep ? min(50, (deadline - now) / 1_000_000) : 0
      let count = epoll_wait(poll, events.baseAddress, Int32(most), Int32(milliseconds))
      if count == 0 && milliseconds == 0 { waited &+= monotonicNow() &- now }
      for index in 0..<max(0, Int(count)) {
        serve(connections.baseAddress! + Int(events[index].data.u64), events[index].events)
      }
    }
  }

  private mutating func serve(_ connection: Place, _ events: UInt32) {
    switch connection.pointee.state {
    case .closed: return
    case .connecting: finishConnecting(connection, events)
    default:
      if events & EPOLLOUT.rawValue != 0 { flush(connection) }
      if events & ~EPOLLOUT.rawValue != 0, connection.pointee.state != .closed {
        receive(connection)
        if connection.pointee.awaitsReading, connection.pointee.state != .closed { flush(connection) }
      }
    }
  }

  /// A room, to be changed. Not through `rooms[…]`: changed in place there, it crashes the compiler under ThreadSanitizer
  /// (Swift 6.3.1).
  func room(_ index: Int) -> UnsafeMutablePointer<RoomTally> { rooms.baseAddress! + index }

  func register(_ connection: Place, _ operation: Int32) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | (connection.pointee.wantsWriting ? EPOLLOUT.rawValue : 0)
    event.data.u64 = UInt64(connection - connections.baseAddress!)
    epoll_ctl(poll, operation, connection.pointee.descriptor, &event)
  }

  func sample() -> Sample {
    Sample(
      time: monotonicNow(), counters: counters, server: usage.cpu(), ownCPU: ServerUsage.own(),
      waited: Double(waited) / 1e9)
  }

  private static func bytes(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = buffer.initialize(from: text.utf8)
    return buffer
  }
}
