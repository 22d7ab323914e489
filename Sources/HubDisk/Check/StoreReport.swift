/// What a check of a store found.
package struct StoreReport: Sendable {
  /// Something that is wrong, and what to do about it.
  package struct Problem: Sendable {
    package let what: String
    package let mend: String
  }

  package internal(set) var schema: Int64 = 0
  package internal(set) var rooms = 0
  package internal(set) var events = 0
  /// What the events take, as the bounds of rooms count them.
  package internal(set) var bytes: Int64 = 0
  /// What the files take.
  package internal(set) var fileBytes = 0
  /// When the oldest event was published, in milliseconds since 1970; nil where there is none.
  package internal(set) var oldestTime: Int64?
  package internal(set) var keys = 0
  /// Rows of events that no room has any more, and that are about to be removed.
  package internal(set) var leftovers = 0
  /// The first hundred.
  package private(set) var problems: [Problem] = []
  package private(set) var problemCount = 0

  package var isRight: Bool { problemCount == 0 }

  private static let shown = 100

  /// The file, or what it says of its rooms, is not what a hub wrote.
  private static let move =
    "stop the hub, keep the directory, and put back a copy; or `roomcast export` what can be read and "
    + "`roomcast import --new-epochs` it into an empty one"

  mutating func add(_ what: String, mend: String = move) {
    problemCount += 1
    if problems.count < Self.shown { problems.append(Problem(what: what, mend: mend)) }
  }
}
