package import HubWire

/// Decides whether a subscriber can go on where it was: the one place that says `recovered` or `gap`.
///
/// Between replay and live there is no seam to watch: a room answers over the same ordered stream that carries its live
/// events, so what stands behind an answer in the stream comes after it, and what stands before it is in it.
package enum Recovery {
  /// The span of offsets that a room can still give: `oldest...newest`, empty where `oldest` is one past `newest`.
  package struct Reach: Sendable {
    package var epoch: String
    package var oldest: UInt64
    package var newest: UInt64

    package init(epoch: String, oldest: UInt64, newest: UInt64) {
      self.epoch = epoch
      self.oldest = oldest
      self.newest = newest
    }
  }

  /// Where a subscription begins.
  package struct Beginning: Sendable, Equatable {
    /// Events after this offset follow.
    package var offset: UInt64
    /// Whether nothing is missing; nil where the client did not ask to resume.
    package var recovered: Bool?
  }

  /// Never a partial replay: out of reach, of another epoch or ahead of the room means to begin at the newest event.
  ///
  /// - Parameter givesLast: whether one that asks for nothing gets the newest event, where that is kept.
  package static func begin(after point: ResumePoint?, reach: Reach, givesLast: Bool = false) -> Beginning {
    switch point {
    case nil:
      Beginning(offset: givesLast && reach.oldest <= reach.newest ? reach.newest - 1 : reach.newest, recovered: nil)
    case .earliest: Beginning(offset: reach.oldest - 1, recovered: true)
    case .position(let position)
    where position.epoch == reach.epoch && position.offset <= reach.newest && position.offset + 1 >= reach.oldest:
      Beginning(offset: position.offset, recovered: true)
    case .position: Beginning(offset: reach.newest, recovered: false)
    }
  }

  /// Where a subscriber that fell behind goes on: at its own offset, or past what is gone, all of another epoch included.
  /// - Returns: the offset of the last event that is lost to it, or nil where nothing is.
  package static func lost(after position: Position, reach: Reach) -> UInt64? {
    position.epoch != reach.epoch || position.offset + 1 < reach.oldest ? reach.oldest - 1 : nil
  }
}
