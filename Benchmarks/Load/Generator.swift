import CLinux
import Glibc

typealias Place = UnsafeMutablePointer<Connection>

/// The load itself: one thread, one epoll set, every connection of the run.
///
/// A struct that cannot be copied, worked on by its mutating methods alone, so that the hot loops carry neither reference counting nor
/// checks of exclusive access. Connections stay at one address; an event names one by its index.
struct Generator: ~Copyable {
  /// A room of the run, as the publishing side knows it.
  struct RoomTally {
    var live = 0
    var published = 0
    var sequence: UInt64 = 0
  }

  enum Phase { case connecting, settling, warming, measuring, draining, holding, ended }

  /// The state of all counters at one moment.
  struct Sample {
    var time: UInt64 = 0
    var counters = Counters()
    var server = ServerUsage.CPU()
    var ownCPU = 0.0
  }

  let options: Options
  let usage: ServerUsage
  let address: sockaddr_in
  let poll: Int32
  let tls: OpaquePointer?
  let receiveBuffer: UnsafeMutablePointer<UInt8>
  let receiveCapacity: Int

  /// The subscribers first, then the publishers.
  let connections: UnsafeMutableBufferPointer<Connection>
  let rooms: UnsafeMutableBufferPointer<RoomTally>
  let pathTemplate: Template
  let helloTemplates: [Template]
  let requests: RequestWriter
  let marker: UnsafeMutableBufferPointer<UInt8>
  let ready: UnsafeMutableBufferPointer<UInt8>
  /// Where in a message the marker was last found.
  var markerOffset = 0

  var counters = Counters()
  var findings = Findings()
  var deliveryTimes = Histogram()
  var publishTimes = Histogram()
  var handshakeTimes = Histogram()
  /// Only messages sent within are counted into the histograms.
  var measured: Range<UInt64> = .max ..< .max

  var phase = Phase.connecting
  var phaseEnd: UInt64 = .max
  let startedAt: UInt64
  /// Messages sent before are of another run; a replay takes them all.
  let oldestTime: UInt64
  var subscribedAt: UInt64 = 0
  var opened = 0
  var handshakesUnderWay = 0
  var subscribed = 0
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

  var atStart = Sample()
  var afterConnecting = Sample()
  var before = Sample()
  var after = Sample()
  var residentAtStart = 0
  var residentAtEnd = 0

  init(_ options: Options) {
    self.options = options
    usage = ServerUsage(processes: options.processes)
    address = Self.address(options.host, options.port)
    tls = options.usesTLS ? Connection.makeTLSContext() : nil
    poll = epoll_create1(Int32(EPOLL_CLOEXEC))
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
    helloTemplates = options.hellos.map { Template($0) }
    requests = RequestWriter(options)
    guard let marker = options.marker ?? requests.body.textBeforeTime, !marker.isEmpty else {
      Options.misused("--pub-body needs %t with some text before it")
    }
    self.marker = Self.bytes(String(options.marker == nil ? marker.suffix(6) : marker[...]))
    ready = Self.bytes(options.ready)
    startedAt = monotonicNow()
    oldestTime = options.mode == .replay ? 0 : startedAt
    if poll < 0 { fail("epoll: \(lastError())") }
  }

  deinit {
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

  func register(_ connection: Place, _ operation: Int32) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | (connection.pointee.wantsWriting ? EPOLLOUT.rawValue : 0)
    event.data.u64 = UInt64(connection - connections.baseAddress!)
    epoll_ctl(poll, operation, connection.pointee.descriptor, &event)
  }

  func sample() -> Sample {
    Sample(time: monotonicNow(), counters: counters, server: usage.cpu(), ownCPU: ServerUsage.own())
  }

  private static func bytes(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = buffer.initialize(from: text.utf8)
    return buffer
  }

  static func address(_ host: String, _ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    if inet_pton(AF_INET, host, &address.sin_addr) != 1 { Options.misused("--host: '\(host)' is no IPv4 address") }
    return address
  }
}
