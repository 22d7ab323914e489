import HubIO
import HubRooms

/// Sends the streams of one worker away in even steps, so that their clients do not all come back at once.
struct Drain {
  let worker: Worker
  /// The time for all of it.
  let time: Duration
  /// A number from 0 up to 1.
  var chance: @Sendable () -> Double = { Double.random(in: 0..<1) }

  /// Streams closed a second at the least, over all of a worker's connections.
  private static let slowest = 200.0
  private static let step = Duration.milliseconds(50)

  /// How many streams to close in a step, so that `count` are gone in time.
  static func perStep(_ count: Int, time: Duration) -> Int {
    // A part of the time is kept for those that have to catch up first, and for the last bytes.
    let rate = max(slowest, Double(count) / max(0.1, time.inSeconds * 0.6))
    return max(1, Int((rate * step.inSeconds).rounded(.up)))
  }

  /// Runs on the worker's thread.
  func run() async {
    let end = worker.reactor.kernel.now() + time
    var streams = await streams()
    await announce(streams)
    let size = Self.perStep(streams.count, time: time)
    while !streams.isEmpty, worker.reactor.kernel.now() < end {
      await worker.reactor.sleep(for: Self.step)
      var late: [Connection] = []
      for connection in streams.prefix(size) {
        // One that is still catching up comes last, while there is time.
        if await connection.settle() { await connection.endForDrain() } else { late.append(connection) }
      }
      streams = streams.dropFirst(size) + late
    }
    for connection in streams { await connection.endForDrain() }
    while !worker.connections.isEmpty, worker.reactor.kernel.now() < end {
      if await !isAnybodyBusy() { break }
      await worker.reactor.sleep(for: Self.step)
    }
  }

  private func streams() async -> [Connection] {
    var streams: [Connection] = []
    for connection in worker.connections where await connection.stream != nil { streams.append(connection) }
    return streams
  }

  /// Each client gets a delay of its own, spread over the time that the drain takes.
  private func announce(_ streams: [Connection]) async {
    let spacing = max(1.0, max(1000, time.inSeconds * 1000) / Double(max(1, streams.count)))
    for (index, connection) in streams.enumerated() {
      // One step apart, each somewhere within its own step: no two are the same while a step has room for it.
      let delay = 500 + (Double(index) + chance()) * spacing
      await connection.announceDrain(delay: Int(delay))
    }
  }

  /// A request is being answered, or a stream's last bytes are not sent yet.
  private func isAnybodyBusy() async -> Bool {
    for connection in worker.connections where await connection.isBusy { return true }
    return false
  }
}
