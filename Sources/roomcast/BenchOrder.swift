import HubClient
import HubLoad
import HubServer
import HubWire

/// What a command line of `bench` asks for.
struct BenchOrder: Sendable {
  let url: HubURL
  var plan: BenchPlan
  /// Which hub, how to be let in, which processes.
  let base: LoadOptions
  /// What the names of the rooms begin with.
  let rooms: String
  /// Asks it something before.
  let reader: HubReader
  let isJSON: Bool
  let plot: String?
  var knowsServer: Bool { !base.processes.isEmpty }

  init(_ arguments: Arguments, _ environment: [String: String]) async throws(ArgumentsError) {
    url = try ClientArguments.url(arguments, environment)
    let credential = try ClientArguments.credential(arguments, environment)
    var wishes = BenchPlan.Wishes()
    wishes.cases = arguments.value(of: BenchCommand.cases)
    wishes.runs = arguments.value(of: BenchCommand.runs)
    wishes.seconds = arguments.value(of: BenchCommand.seconds)
    wishes.subscribers = arguments.value(of: BenchCommand.subscribers)
    wishes.isQuick = arguments.has(BenchCommand.quick)
    do throws(BenchPlanError) {
      plan = try BenchPlan(wishes)
    } catch {
      throw ArgumentsError(problems: error.problems)
    }
    isJSON = arguments.has(.json)
    plot = try Self.plot(arguments)
    rooms = try Self.rooms(arguments)
    var base = LoadOptions(mode: .connect)
    base.host = url.host
    base.port = url.port
    base.publishPort = url.port
    let authorities = try ClientArguments.authorities(arguments, environment) ?? .system
    reader = HubReader(url: url, credential: credential, authorities: authorities, timeout: .seconds(10))
    if url.isEncrypted {
      base.tls = .checked(authorities: ClientArguments.authoritiesFile(arguments, environment))
    }
    base.headers = ["User-Agent: roomcast-bench"]
    if let credential {
      do throws(CredentialError) {
        base.headers.append(Self.literal(try await credential.line(within: .seconds(10))))
      } catch {
        throw ArgumentsError(problems: ["there is no credential: \(error)"])
      }
    }
    base.publishHeaders = base.headers
    base.mostRefusedConnections = 0
    base.mostRefusedPublishes = 0
    base.processes = try Self.processes(arguments)
    self.base = base
  }

  /// A random part, so that no two benchmarks meet in a room.
  private static func rooms(_ arguments: Arguments) throws(ArgumentsError) -> String {
    let prefix = arguments.value(of: BenchCommand.prefix) ?? "bench-"
    let name = prefix + String(UInt32.random(in: .min ... .max), radix: 36) + "-"
    do throws(HubError) {
      // The longest of what follows: the case's name and the room's number.
      _ = try RoomName("\(name)window-64-999")
    } catch {
      throw ArgumentsError(problems: ["--rooms-prefix \"\(prefix)\" makes no names of rooms: \(error.detail)"])
    }
    return name
  }

  private static func plot(_ arguments: Arguments) throws(ArgumentsError) -> String? {
    guard let file = arguments.value(of: BenchCommand.plot) else { return nil }
    guard file.lowercased().hasSuffix(".svg") else {
      throw ArgumentsError(problems: ["--plot writes SVG; give a name that ends in .svg instead of \"\(file)\""])
    }
    return file
  }

  private static func processes(_ arguments: Arguments) throws(ArgumentsError) -> [Int32] {
    var processes: [Int32] = []
    for text in arguments.values(of: BenchCommand.process) {
      guard let process = Int32(text), ServerUsage.knows(process) else {
        throw ArgumentsError(problems: ["--pid \"\(text)\" is no process on this machine"])
      }
      processes.append(process)
    }
    return processes
  }

  /// In templates of the generator a percent sign begins a placeholder.
  private static func literal(_ text: String) -> String { text.replacing("%", with: "%%") }

  /// Whether the hub is on this machine.
  var isHere: Bool { HostName.isLoopback(url.host) }
}
