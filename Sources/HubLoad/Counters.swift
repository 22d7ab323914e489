/// What was done; what the measured time did is the difference of two copies.
struct Counters: Sendable {
  var delivered = 0
  /// Deliveries that are owed: for each message, the subscribers of its room.
  var expected = 0
  var published = 0
  var acknowledged = 0
  /// Data frames to subscribers, and the bytes of their payloads: their mean is the length of the server's whole frame.
  var frames = 0
  var frameBytes = 0
  var bytesRead = 0
  var reads = 0
  /// Churn: connections that were subscribed and closed again.
  var cycles = 0

  static func - (later: Counters, earlier: Counters) -> Counters {
    var difference = Counters()
    difference.delivered = later.delivered - earlier.delivered
    difference.expected = later.expected - earlier.expected
    difference.published = later.published - earlier.published
    difference.acknowledged = later.acknowledged - earlier.acknowledged
    difference.frames = later.frames - earlier.frames
    difference.frameBytes = later.frameBytes - earlier.frameBytes
    difference.bytesRead = later.bytesRead - earlier.bytesRead
    difference.reads = later.reads - earlier.reads
    difference.cycles = later.cycles - earlier.cycles
    return difference
  }
}
