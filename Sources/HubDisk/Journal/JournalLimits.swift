/// What a journal keeps at most, and how long it may take.
package struct JournalLimits: Sendable {
  /// Events that wait on the disk, and their bytes.
  package var events = 100_000
  package var bytes = 256 << 20
  /// Events that wait to be written, and their bytes; one always fits.
  package var queueEvents = 16_384
  package var queueBytes = 64 << 20
  /// Time in which everything is answered.
  package var time = Duration.seconds(10)

  package init() {}
}
