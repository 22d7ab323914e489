import Synchronization
import Testing

@testable import HubServer

@Suite struct LogTests {
  static func json(_ pipe: LogPipe, level: LogLevel = .info, maximumLines: Int = 8_192, maximumBytes: Int = 8 << 20)
    -> Log
  {
    Log(
      level: level, style: .json, descriptor: pipe.input, maximumLines: maximumLines, maximumBytes: maximumBytes,
      clock: { 1_763_600_000_123_456_789 })
  }

  @Test func `after a flush every line is written, in order`() {
    let pipe = LogPipe()
    let log = Self.json(pipe)
    for index in 0..<100 { log.info("line", [LogField("n", index)]) }
    log.flush()
    let lines = pipe.lines()
    #expect(lines.count == 100)
    for (index, line) in lines.enumerated() { #expect(line.hasSuffix("\"message\":\"line\",\"n\":\(index)}")) }
  }

  @Test func `a flush of nothing returns`() {
    let log = Self.json(LogPipe())
    log.flush()
    log.flush()
  }

  @Test func `a log that goes away has written everything`() {
    let pipe = LogPipe()
    do {
      let log = Self.json(pipe)
      for _ in 0..<50 { log.error("last words") }
    }
    #expect(pipe.lines().count == 50)
  }

  @Test func `a level that is off makes neither message nor fields`() {
    let pipe = LogPipe()
    let log = Self.json(pipe, level: .warning)
    func fail() -> String {
      Issue.record("made for nothing")
      return ""
    }
    log.debug(fail(), [LogField("a", fail())])
    log.info(fail())
    log.warning("w")
    log.error("e")
    log.flush()
    #expect(pipe.lines().count == 2)
  }

  @Test func `the level changes at run time`() {
    let pipe = LogPipe()
    let log = Self.json(pipe)
    #expect(!log.isEnabled(.debug))
    log.debug("no")
    log.level = .debug
    #expect(log.level == .debug && log.isEnabled(.debug))
    log.debug("yes")
    log.level = .error
    log.warning("no")
    log.flush()
    #expect(pipe.lines().map { $0.contains("yes") } == [true])
  }

  @Test func `a full queue drops, counts, and tells the loss when it can`() {
    let pipe = LogPipe()
    pipe.fill()
    let log = Self.json(pipe, maximumLines: 10)
    for _ in 0..<1_000 { log.info("x") }
    let dropped = log.dropped
    // The writer holds what it took before it got stuck; ten more lines wait.
    #expect((900...990).contains(dropped))
    // The writer goes on as soon as there is room: what is read here may hold lines already.
    let beginning = pipe.text()
    log.flush()
    log.info("end")
    log.flush()
    let lines = (beginning + pipe.text()).split(separator: "\n")
    let told = lines.filter { $0.contains("\"level\":\"warning\"") && $0.contains("dropped") }
    let counts = told.compactMap { line in Int(line.split(separator: ":").last!.dropLast()) }
    #expect(counts.reduce(0, +) == dropped)
    #expect(lines.count - told.count + dropped == 1_001)
  }

  @Test func `waiting lines are bounded in bytes`() {
    let pipe = LogPipe()
    pipe.fill()
    let log = Self.json(pipe, maximumBytes: 100_000)
    let text = String(repeating: "x", count: 60_000)
    for _ in 0..<10 { log.info(text) }
    #expect(log.dropped >= 7)
    _ = pipe.text()
    log.flush()
  }

  @Test func `many threads log whole lines`() async {
    let pipe = LogPipe()
    let log = Self.json(pipe)
    await withTaskGroup { group in
      for task in 0..<4 {
        group.addTask { for index in 0..<100 { log.info("m", [LogField("task", task), LogField("n", index)]) } }
      }
    }
    log.flush()
    let lines = pipe.lines()
    #expect(Set(lines).count == 400)
    #expect(lines.allSatisfy { $0.hasPrefix("{\"time\"") && $0.hasSuffix("}") })
  }

  @Test func `a closed output stops nothing`() {
    let log = Log(level: .info, style: .json, descriptor: -1)
    log.info("into the void")
    log.flush()
  }

  @Test(arguments: [
    ("/v1/rooms/a/events?token=secret", "/v1/rooms/a/events"), ("/a#secret", "/a"), ("?secret", ""),
    ("/a%3Fb", "/a%3Fb"),
  ])
  func `a request is one line without its query`(path: String, shown: String) {
    let pipe = LogPipe()
    let log = Self.json(pipe)
    log.request(
      method: "POST", path: path, status: 201, duration: .microseconds(1_234),
      trace: TraceContext(parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")?.traceID, peer: "::1")
    log.flush()
    #expect(
      pipe.lines() == [
        """
        {"time":"2025-11-20T00:53:20.123Z","level":"info","message":"request","method":"POST","path":"\(shown)",\
        "status":201,"milliseconds":1.234,"peer":"::1","trace":"0af7651916cd43dd8448eb211c80319c"}
        """
      ])
  }

  @Test(arguments: [(200, "debug"), (404, "debug"), (500, "error"), (503, "warning")])
  func `a failure of the hub is told even where its successes are not`(status: Int, level: String) {
    let pipe = LogPipe()
    let log = Self.json(pipe, level: .debug)
    log.request(method: "GET", path: "/", status: status, duration: .zero, trace: nil, peer: "", level: .debug)
    log.flush()
    #expect(pipe.text().contains("\"level\":\"\(level)\""))
  }
}
