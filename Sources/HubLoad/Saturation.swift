/// Who had no more to give in a run, and so is what was measured.
package enum Saturation: String, Sendable {
  case server, load, both, neither
  /// The load had more to give, and of the server nothing is known.
  case notLoad = "not the load"

  /// - Parameters:
  ///   - server: percent of a core that it burnt; nil where that is not known.
  ///   - load: percent of the generator's one core.
  package init(server: Double?, load: Double) {
    switch (server.map { $0 >= Self.edge }, load >= Self.edge) {
    case (true, true): self = .both
    case (true, false): self = .server
    case (_, true): self = .load
    case (false, false): self = .neither
    case (nil, false): self = .notLoad
    }
  }

  /// Nine tenths of a core: what is left goes to everything else.
  private static let edge = 90.0
}
