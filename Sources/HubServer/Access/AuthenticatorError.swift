/// Why credentials cannot be checked with these settings: all that is wrong with keys and their files.
package struct AuthenticatorError: Error, CustomStringConvertible {
  /// One thing that is wrong.
  package struct Problem: Sendable, Equatable {
    /// The key path of the setting.
    package var key: String
    /// Where in the setting's value, such as `[1].secretFile`; empty for all of it.
    package var inside = ""
    /// What is wrong.
    package var message: String
    /// What to do about it.
    package var mend: String
  }

  /// At least one.
  package var problems: [Problem]

  package var description: String {
    problems.map { "\($0.key)\($0.inside): \($0.message); \($0.mend)" }.joined(separator: "\n")
  }
}
