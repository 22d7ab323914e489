import Glibc

extension Options {
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
    case "--tls": usesTLS = true
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
}
