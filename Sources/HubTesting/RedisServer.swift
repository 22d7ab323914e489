private import Glibc
private import HubIO

/// A Redis server of its own for one test, on this machine alone. It is killed with this value; and when the tests end,
/// however they end.
///
/// What it has confirmed is on the disk: ``restart()`` brings it back after any ``kill()``.
package final class RedisServer: Sendable {
  private struct Running {
    let identifier: pid_t
    /// A shell that kills the server once nobody holds the other end of its input.
    let lifeline: UnsafeMutablePointer<FILE>
  }

  /// Below the ports that the system gives to outgoing connections, even with the 10,000 more of a cluster's bus: a
  /// server that restarts must find its own free.
  private static let ports: ClosedRange<UInt16> = 12_000...21_999
  private static let attempts = 50
  /// How long it may take until it answers.
  private static let patience: Duration = .seconds(60)

  package let port: UInt16
  /// Where its files are; gone with it.
  package let directory: String
  private let arguments: [String]
  private let running: Lock<Running?>

  /// Returns once the server answers.
  ///
  /// - Parameters:
  ///   - options: As on its command line; they win over the usual ones.
  ///   - configuration: The text of its settings file, which Sentinel needs.
  ///   - isEncrypted: Whether its port is for TLS; the options must name certificate and key.
  package init(_ options: [String] = [], configuration: String? = nil, isEncrypted: Bool = false) throws {
    var template = Array("/tmp/roomcast-redis-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw SystemError("make a directory for Redis") }
    let directory = String(cString: made)
    var usual = ["--bind", "127.0.0.1", "--dir", directory, "--logfile", "", "--save", ""]
    usual += ["--appendonly", "yes", "--appendfsync", "always"]
    if let configuration {
      usual.insert("\(directory)/redis.conf", at: 0)
      try Self.write(configuration, to: usual[0])
    }
    for attempt in 1... {
      let port = UInt16.random(in: Self.ports)
      let listening = isEncrypted ? ["--port", "0", "--tls-port", "\(port)"] : ["--port", "\(port)"]
      let arguments = usual + listening + options
      do {
        running = Lock(try Self.start(arguments))
        self.port = port
        self.directory = directory
        self.arguments = arguments
        return
      } catch {
        let isPortTaken = (error as? RedisServerError)?.isPortTaken ?? false
        guard isPortTaken, attempt < Self.attempts else {
          Self.remove(directory)
          throw error
        }
      }
    }
    preconditionFailure("the attempts have an end")
  }

  deinit {
    kill()
    Self.remove(directory)
  }

  /// Ends it at once, as a crash does; returns when it is gone.
  package func kill() {
    running.withLock { running in
      guard let server = running.take() else { return }
      Self.end(server)
    }
  }

  /// Lets it stand still, with its connections open; returns when it does.
  package func stop() {
    signal(SIGSTOP) { waitpid($0, nil, WUNTRACED) }
  }

  /// Lets it run on after ``stop()``.
  package func resume() {
    signal(SIGCONT) { _ in }
  }

  /// Starts it again on the same port with the same data; kills it before, if it still runs. Returns once it answers.
  package func restart() throws {
    kill()
    let server = try Self.start(arguments)
    running.withLock { $0 = server }
  }

  private func signal(_ number: Int32, then wait: (pid_t) -> Void) {
    running.withLock { running in
      guard let running else { preconditionFailure("Redis does not run") }
      Glibc.kill(running.identifier, number)
      wait(running.identifier)
    }
  }
}

// MARK: - The process

extension RedisServer {
  private static func start(_ arguments: [String]) throws -> Running {
    var ends: [Int32] = [-1, -1]
    // Not a pipe: the system closes this in other processes that are being started just now.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemError("make a pair of sockets") }
    // Nobody reads on once it is ready; it lives with that.
    defer { close(ends[0]) }
    let identifier: pid_t
    do {
      defer { close(ends[1]) }
      identifier = try spawn(["redis-server"] + arguments, output: ends[1])
    }
    guard let lifeline = popen("read -r line; kill -KILL \(identifier)", "we") else {
      preconditionFailure("the system gives no shell")
    }
    let server = Running(identifier: identifier, lifeline: lifeline)
    do {
      try waitUntilReady(ends[0])
    } catch {
      end(server)
      throw error
    }
    return server
  }

  /// The shell kills it first: as long as nobody has waited for it, its number means no other process.
  private static func end(_ server: Running) {
    pclose(server.lifeline)
    waitpid(server.identifier, nil, 0)
  }

  private static func spawn(_ words: [String], output: Int32) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    // A group of its own: what a terminal sends to the tests is not for it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var pointers = words.map { strdup($0) } + [nil]
    defer {
      for pointer in pointers { free(pointer) }
      posix_spawnattr_destroy(&attributes)
      posix_spawn_file_actions_destroy(&actions)
    }
    var identifier: pid_t = 0
    let result = posix_spawnp(&identifier, words[0], &actions, &attributes, &pointers, environ)
    guard result == 0 else { throw SystemError("start \(words[0])", number: result) }
    return identifier
  }

  /// Reads what it says until it takes connections.
  private static func waitUntilReady(_ output: Int32) throws {
    let end = ContinuousClock.now + patience
    var said: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    while true {
      var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let left = max(.zero, ContinuousClock.now.duration(to: end))
      let count = poll(&entry, 1, Int32(left / .milliseconds(1))) > 0 ? read(output, &piece, piece.count) : 0
      let text = String(decoding: said + piece.prefix(max(0, count)), as: UTF8.self)
      guard count > 0 else { throw RedisServerError(said: text) }
      if text.contains("Ready to accept connections") || text.contains("Sentinel ID is") { return }
      said += piece.prefix(count)
    }
  }

  private static func write(_ text: String, to path: String) throws(SystemError) {
    guard let file = fopen(path, "we") else { throw SystemError("write \(path)") }
    fputs(text, file)
    fclose(file)
  }

  private static func remove(_ directory: String) {
    _ = popen("rm -rf \(directory)", "re").map(pclose)
  }
}
