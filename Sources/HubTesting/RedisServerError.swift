/// Redis did not start.
package struct RedisServerError: Error, CustomStringConvertible {
  /// What it said before it ended, or stood still.
  package let said: String

  var isPortTaken: Bool { said.contains("Address already in use") }

  package var description: String { "redis-server did not start: \(said)" }
}
