/// What to do to which server, as given on the command line.
struct Options {
  enum Mode: String {
    case connect, fanout, latency, churn, http, fill, replay, fsync
  }

  var mode: Mode
  var host = "127.0.0.1"
  var port: UInt16 = 0
  var publishPort: UInt16 = 0
  var processes: [Int32] = []

  var path = "/v1/rooms/room%r/events"
  var ready = "subscribed"
  var headers: [String] = []
  var hellos: [String] = []
  /// Replay: what asks for a room's history and for what follows.
  var resume = #"{"type":"subscribe","room":"room%r","after":"earliest"}"#
  var subscribers = 1000
  var rooms = 1
  var sourceAddresses = 1
  var handshakesAtOnce = 64
  var aborts = false
  var usesTLS = false

  var publishURL = "/v1/rooms/room%r/events"
  var publishHeaders: [String] = []
  var body = #"{"t":%t,"s":%s,"r":%r,"p":"%p"}"#
  var marker: String?
  var payload = 128
  var publishConnections = 4
  var publishInFlight = 1
  var publishRate = 0.0
  var window = 8
  /// Where `fsync` writes.
  var directory = ""

  var warmup = 1.0
  var seconds = 5.0
  var messages = 0
  var hold = 5.0
  var settle = 0.5
  var label = ""
  var jsonOnly = false

  /// What is published next waits for what was published before.
  var isClosedLoop: Bool {
    switch mode {
    case .fanout, .http, .fill, .replay: true
    default: false
    }
  }

  /// Without subscribers.
  var onlyPublishes: Bool { mode == .http || mode == .fill }

  /// Where every room keeps to one publishing connection its order is defined, and a change of it is a fault.
  var ordersAreDefined: Bool { rooms >= publishConnections }

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
