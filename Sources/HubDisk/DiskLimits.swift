import HubIO

/// What the engine on disk keeps at most, and how long it may take.
package struct DiskLimits: Sendable {
  /// What one room keeps: whichever bound is met first drops the oldest events.
  package var roomEvents = 100_000
  package var roomAge = Duration.seconds(7 * 86_400)
  package var roomBytes = 1 << 30
  /// Bytes that the store may use.
  package var bytes = 16 << 30
  /// How long a room that is gone is remembered, and how many rooms that have left the node.
  package var remember = Duration.seconds(86_400)
  package var rememberedRooms = 100_000
  /// How long an idempotency key counts, and how many are kept.
  package var idempotency = Duration.seconds(300)
  package var idempotencyKeys = 100_000
  /// What may wait to be written; one event always fits.
  package var queueEvents = 16_384
  package var queueBytes = 64 << 20
  /// Time in which an append or a read is answered.
  package var time = Duration.seconds(10)

  package init() {}

  var rememberMilliseconds: Int64 { remember.nanoseconds / 1_000_000 }
}
