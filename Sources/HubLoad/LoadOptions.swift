/// What to do to which server, as given on the command line.
package struct LoadOptions: Sendable {
  package enum Mode: String, Sendable {
    case connect, fanout, latency, churn, http, fill, replay, fsync
  }

  /// Whose certificates are believed.
  package enum Encryption: Sendable, Equatable {
    /// Anybody's: for servers of one's own on this machine.
    case unchecked
    /// For the host's name or address, signed by an authority of the file (PEM); nil for the system's.
    case checked(authorities: String?)
  }

  package var mode: Mode
  package var host = "127.0.0.1"
  package var port: UInt16 = 0
  package var publishPort: UInt16 = 0
  package var processes: [Int32] = []

  package var path = "/v1/rooms/room%r/events"
  package var ready = "subscribed"
  package var headers: [String] = []
  package var hellos: [String] = []
  /// Replay: what asks for a room's history and for what follows.
  package var resume = #"{"type":"subscribe","room":"room%r","after":"earliest"}"#
  package var subscribers = 1000
  package var rooms = 1
  package var sourceAddresses = 1
  package var handshakesAtOnce = 64
  package var aborts = false
  /// How connections are encrypted; nil for not at all.
  package var tls: Encryption?

  package var publishURL = "/v1/rooms/room%r/events"
  package var publishHeaders: [String] = []
  package var body = #"{"t":%t,"s":%s,"r":%r,"p":"%p"}"#
  package var marker: String?
  package var payload = 128
  package var publishConnections = 4
  package var publishInFlight = 1
  package var publishRate = 0.0
  package var window = 8
  /// Where `fsync` writes.
  package var directory = ""

  package var warmup = 1.0
  package var seconds = 5.0
  package var messages = 0
  package var hold = 5.0
  package var settle = 0.5
  /// More than so many connections that fail while all are opened end the run.
  package var mostRefusedConnections = 200
  /// More than so many refused publishes end it: a server that refuses some refuses all that follow.
  package var mostRefusedPublishes = Int.max
  package var label = ""
  package var jsonOnly = false

  /// What is published next waits for what was published before.
  package var isClosedLoop: Bool {
    switch mode {
    case .fanout, .http, .fill, .replay: true
    default: false
    }
  }

  /// Without subscribers.
  package var onlyPublishes: Bool { mode == .http || mode == .fill }

  /// Where every room keeps to one publishing connection its order is defined, and a change of it is a fault.
  package var ordersAreDefined: Bool { rooms >= publishConnections }

  /// What stands in `Host` fields.
  func hostField(_ port: UInt16) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Open files that a run needs.
  package var descriptors: Int { subscribers + publishConnections + 64 }

  package init(mode: Mode) {
    self.mode = mode
  }
}
