/// One row of the benchmark table that needs nothing but a hub.
package struct BenchCase: Sendable {
  /// How hard and how long the cases load.
  package struct Size: Sendable {
    /// Of all cases with subscribers but `connect`.
    package var subscribers = 1000
    /// Of `connect`.
    package var idle = 10_000
    package var warmup = 1.0
    package var settle = 0.5
    package var seconds = 4.0
    /// How long `connect` holds its connections.
    package var hold = 2.0

    package init() {}

    /// One short run, to see that all is well.
    package static var quick: Size {
      var size = Size()
      (size.idle, size.warmup, size.settle, size.seconds, size.hold) = (2000, 0.3, 0.2, 1, 0.5)
      return size
    }
  }

  package let name: String
  /// What is done, for a legend.
  package let text: String
  private let mode: LoadOptions.Mode
  private let rooms: Int
  /// Messages in flight, and connections that publish them.
  private let window: Int

  private init(_ name: String, _ text: String, _ mode: LoadOptions.Mode, rooms: Int = 1, window: Int = 1) {
    (self.name, self.text, self.mode, self.rooms, self.window) = (name, text, mode, rooms, window)
  }

  /// Messages a second of `latency`.
  static let rate = 20.0

  package static let all = [
    BenchCase("window-1", "one room, one message in flight", .fanout),
    BenchCase("window-16", "one room, 16 messages in flight", .fanout, window: 16),
    BenchCase("window-64", "one room, 64 messages in flight", .fanout, window: 64),
    BenchCase("rooms-100", "100 rooms, 16 messages in flight", .fanout, rooms: 100, window: 16),
    BenchCase("post", "16 connections publish, nobody subscribes", .http, window: 16),
    BenchCase("connect", "silent subscribers", .connect),
    BenchCase("latency", "one room, 20 messages a second", .latency, window: 4),
  ]

  package static func named(_ name: some StringProtocol) -> BenchCase? { all.first { $0.name == name } }

  /// What its latency is that of.
  package var timed: String {
    switch mode {
    case .http: "publish to answer"
    case .connect: "connecting"
    default: "publish to delivery"
    }
  }

  /// The case as the generator runs it.
  ///
  /// - Parameters:
  ///   - base: which hub, and how to be let in.
  ///   - rooms: what the names of the rooms begin with; it goes into URLs as it is.
  package func options(_ base: LoadOptions, _ size: Size, rooms prefix: String) -> LoadOptions {
    var options = base
    options.mode = mode
    let path = "/v1/rooms/\(prefix.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))"
    options.path = "\(path)\(name)-%r/events"
    options.publishURL = options.path
    options.rooms = rooms
    options.window = window
    options.publishConnections = mode == .connect ? 0 : window
    options.subscribers = mode == .connect ? size.idle : mode == .http ? 0 : size.subscribers
    if mode == .latency { options.publishRate = Self.rate }
    (options.warmup, options.settle, options.seconds, options.hold) =
      (size.warmup, size.settle, size.seconds, size.hold)
    return options
  }

  /// Seconds that a run takes, but for connecting.
  package func duration(_ size: Size) -> Double {
    mode == .connect ? size.hold : size.settle + size.warmup + size.seconds
  }
}
