import Glibc
import HubLoad

extension LoadOptions {
  /// Reads the arguments after the program's name; ends the process after `--help` or a mistake.
  init(arguments: ArraySlice<String>) {
    if arguments.contains("--help") || arguments.contains("-h") {
      print(Self.usage)
      exit(0)
    }
    guard let word = arguments.first, let mode = Mode(rawValue: word) else {
      Self.misused("a MODE comes first")
    }
    self.init(mode: mode)
    if mode == .fill || mode == .replay { (messages, seconds) = (1000, 120) }
    if mode == .replay { (path, ready) = ("/v1/ws", "welcome") }
    var rest = arguments.dropFirst()
    while let name = rest.popFirst() {
      if setFlag(name) { continue }
      guard let value = rest.popFirst() else { Self.misused("\(name): unknown, or needs a value") }
      guard setText(name, value) || setNumber(name, value) else { Self.misused("unknown option \(name)") }
    }
    finish()
  }

  static func misused(_ reason: String) -> Never {
    complain("\(reason); see --help")
    exit(64)
  }

  private mutating func finish() {
    if port == 0 && mode != .fsync { Self.misused("--port is needed") }
    if directory.isEmpty && mode == .fsync { Self.misused("fsync needs --dir") }
    if publishPort == 0 { publishPort = port }
    if onlyPublishes { subscribers = 0 }
    if [.connect, .churn, .replay].contains(mode) { publishConnections = 0 }
    // So that each room has one publisher, and an order that `replay` can check.
    if mode == .fill { publishConnections = min(publishConnections, rooms) }
    if mode == .latency && !(publishRate > 0) { Self.misused("latency needs --pub-rate") }
    let counts = [rooms, sourceAddresses, handshakesAtOnce, publishInFlight, window]
    let times = [warmup, seconds, hold, settle, publishRate]
    if min(subscribers, payload, publishConnections, messages) < 0 || !counts.allSatisfy({ $0 > 0 })
      || !times.allSatisfy({ (0..<1e9).contains($0) })
    {
      Self.misused("a number is out of range")
    }
  }

  private mutating func setFlag(_ name: String) -> Bool {
    switch name {
    case "--abort": aborts = true
    case "--tls": tls = .unchecked
    case "--json": jsonOnly = true
    default: return false
    }
    return true
  }

  private mutating func setText(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--host": host = value
    case "--path": path = value
    case "--ready": ready = value
    case "--header": headers.append(value)
    case "--hello": hellos.append(value)
    case "--resume": resume = value
    case "--pub-url": publishURL = value
    case "--pub-header": publishHeaders.append(value)
    case "--pub-body": body = value
    case "--marker": marker = value
    case "--label": label = value
    case "--dir": directory = value
    case "--pid": processes = value.split(separator: ",").map { number(name, $0) }
    default: return false
    }
    return true
  }

  private mutating func setNumber(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--port": port = number(name, value)
    case "--pub-port": publishPort = number(name, value)
    case "--subs": subscribers = number(name, value)
    case "--rooms": rooms = number(name, value)
    case "--source-ips": sourceAddresses = number(name, value)
    case "--conn-inflight": handshakesAtOnce = number(name, value)
    case "--payload": payload = number(name, value)
    case "--pub-conns": publishConnections = number(name, value)
    case "--pub-inflight": publishInFlight = number(name, value)
    case "--pub-rate": publishRate = number(name, value)
    case "--window": window = number(name, value)
    case "--warmup": warmup = number(name, value)
    case "--seconds": seconds = number(name, value)
    case "--messages": messages = number(name, value)
    case "--hold": hold = number(name, value)
    case "--settle": settle = number(name, value)
    default: return false
    }
    return true
  }

  private func number<Number: LosslessStringConvertible>(_ name: String, _ text: some StringProtocol) -> Number {
    guard let number = Number(String(text)) else { Self.misused("\(name): '\(text)' is no number here") }
    return number
  }

  static let usage = """
    Load MODE --port PORT [options]     loads a broadcast hub from one thread and checks every message
    Load table [--json FILE] FILES…     compares runs labelled CASE/SERVER/RUN as a Markdown table

    MODE
      connect   open --subs connections, hold them --hold seconds: connects per CPU-second, memory of an idle connection
      fanout    closed loop: publish as fast as possible with at most --window messages not yet delivered to all
      latency   open loop at --pub-rate messages a second; the timestamp is the intended send time
      churn     --subs slots connect, subscribe and disconnect, again and again
      http      publish with no subscriber, each connection keeping --pub-inflight requests outstanding
      fill      publish --messages into each room, as `http` does, and end
      replay    --subs silent connections resume all at once; each must get the --messages that `fill` left in its room
      fsync     no server: small appends a second that the disk under --dir makes last, with fdatasync and with fsync
    Server
      --host ADDRESS --port N --pub-port N            [127.0.0.1, -, the same port]
      --pid N[,N…]            the server's processes, for CPU seconds and resident memory
    Subscribers
      --path TEMPLATE         %r room, %i subscriber  [/v1/rooms/room%r/events]
      --ready TEXT            subscribed once a frame holds TEXT; '' for at once      [subscribed]
      --header 'K: V'         field of the handshake, repeatable (%r, %i)
      --hello TEMPLATE        text frame sent after the handshake, repeatable (%r, %i)
      --resume TEMPLATE       replay: text frame that asks for what is kept (%r, %i); --path and --ready are then
                              /v1/ws and welcome unless they are given
      --subs N --rooms N      subscriber i is in room i mod --rooms                   [1000, 1]
      --tls                   TLS, without looking at the server's certificate
      --source-ips N          spread over 127.0.0.1 … 127.0.0.N                       [1]
      --conn-inflight N       handshakes under way at once                            [64]
      --abort                 close with a reset
    Publishers
      --pub-url TEMPLATE      %r room                 [/v1/rooms/room%r/events]
      --pub-header 'K: V'     repeatable (%r, %i)
      --pub-body TEMPLATE     %t time, %s sequence number, %r room, %i connection, %p padding
      --marker TEXT           what stands before the time in what arrives             [taken from --pub-body]
      --payload BYTES         length of the body, reached with %p                     [128]
      --pub-conns N --pub-inflight N --pub-rate N     [4, 1, 0: closed loop]
      --window N              messages in flight      [8]
    Run
      --warmup S --seconds S --settle S --hold S      [1, 5, 0.5, 5]
      --messages N            end after N messages were published, before --seconds are over; in fill and replay
                              what each room holds, and --seconds is how long it may take             [-, 1000]
      --dir DIR               fsync: where to write; --payload is then the length of an append
      --label TEXT            told again in the result
      --json                  print the JSON line only
      --help

    The last line of output is one JSON object. Exit codes: 0, 1 when a message or a connection was lost, doubled or out of
    order, 2 when the run could not be made, 64 for a wrong command line.
    """
}
