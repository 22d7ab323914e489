import Glibc
import HubDisk
import HubIO
import HubServer

/// `roomcast serve`: runs the hub until SIGTERM or SIGINT.
enum ServeCommand {
  static func run(_ words: [String], environment: [String: String]) async -> Int32 {
    let arguments: Arguments
    do throws(ArgumentsError) {
      arguments = try Arguments(words, options: [.help], shape: .init(takesSettings: true))
    } catch {
      return error.tell(command: "serve")
    }
    if arguments.has(.help) {
      print(help.text, terminator: "")
      return EX_OK
    }
    var reading = SettingsReader.read(arguments: arguments.settings, environment: environment)
    reading.checkFiles()
    guard reading.problems.isEmpty else {
      for problem in reading.problems { StandardError.write("roomcast: \(problem)") }
      return EX_CONFIG
    }
    return await serve(reading, arguments.settings, environment)
  }

  private static var help: ArgumentsHelp {
    ArgumentsHelp(
      usage: "roomcast serve [settings]",
      summary: """
        Runs the hub. The first line on standard output names the address. SIGTERM or SIGINT ends it in good order, a \
        second signal at once. Flags beat ROOMCAST_ variables, which beat the file.
        """,
      sections: [
        ArgumentsHelp.Section(title: "Flags", rows: ArgumentsHelp.rows([.help])),
        ArgumentsHelp.Section(title: "Settings", rows: SettingsReport.help().map { ($0.flag, $0.text) }),
        ArgumentsHelp.Section(
          title: "Exit codes",
          rows: [
            ("0", "ended by a signal, drained"), ("64", "wrong call"), ("65", "the store is damaged"),
            ("66", "there is no such directory"), ("69", "the address cannot be had"),
            ("74", "the store cannot be read or written"),
            ("78", "wrong settings, or the store is not for this process"),
          ]),
      ])
  }

  private static func serve(
    _ reading: SettingsReading, _ arguments: [String], _ environment: [String: String]
  ) async -> Int32 {
    raiseDescriptorLimit()
    let settings = reading.settings
    let style = LogStyle(settings.log.format, isTerminal: isatty(2) == 1, environment: environment)
    let log = Log(level: settings.log.level, style: style)
    for warning in reading.warnings { log.warning("\(warning)") }
    let store: ServedStore
    let hub: Hub
    do {
      store = try ServedStore(settings)
      hub = try Hub(
        settings: settings, log: log, listener: try InheritedSockets.listener(environment: environment),
        engine: store.engine)
      // The address is bound, the store is open and the files of keys are read: nothing more needs root.
      if !settings.user.isEmpty { try Privileges.drop(to: settings.user) }
    } catch {
      StandardError.write("roomcast: \(error)")
      return (error as? DiskError)?.exitCode ?? EX_UNAVAILABLE
    }
    store.start()
    hideSecrets(of: hub)
    let signals = AsyncStream<Signals.Signal>.makeStream()
    hub.start { reactor in
      reactor.add(Signals(reactor: reactor) { signals.continuation.yield($0) })
    }
    announce("listening on \(hub.url)\n")
    await waitForEnd(of: hub, store, signals.stream) {
      await reload(hub, SettingsReader.read(arguments: arguments, environment: environment), log)
    }
    log.flush()
    return EX_OK
  }

  /// All or nothing: settings with a mistake change nothing, and each mistake is told.
  private static func reload(_ hub: Hub, _ reading: SettingsReading, _ log: Log) async {
    for problem in reading.problems { log.error("reload: \(problem)") }
    guard reading.problems.isEmpty else { return log.error("reload: nothing was changed") }
    do throws(HubStartError) {
      try await hub.reload(reading.settings)
      hideSecrets(of: hub)
    } catch {
      log.error("reload: nothing was changed: \(error)")
    }
  }

  private static func hideSecrets(of hub: Hub) {
    if hub.hasSecrets { Privileges.hideMemory() }
  }

  /// The first line on standard output, at once, even into a pipe.
  private static func announce(_ line: String) {
    var bytes = Array(line.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The first signal drains and closes the store, a second one ends at once: a disk may never answer.
  private static func waitForEnd(
    of hub: Hub, _ store: ServedStore, _ signals: AsyncStream<Signals.Signal>,
    reload: @escaping @Sendable () async -> Void
  ) async {
    var drain: Task<Void, Never>?
    let (ended, end) = AsyncStream<Void>.makeStream()
    let watch = Task {
      for await signal in signals {
        switch signal {
        case .reload: await reload()
        case .terminate where drain == nil:
          drain = Task {
            await hub.drain()
            await store.stop()
            end.finish()
          }
        case .terminate: end.finish()
        }
      }
    }
    for await _ in ended {}
    watch.cancel()
  }

  /// Each connection is a descriptor: the soft limit is often a small part of what the process may have.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(files, &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(files, &limit)
  }
}
