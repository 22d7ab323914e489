/// A command line that does not say what its subcommand can do.
struct ArgumentsError: Error {
  /// EX_USAGE of sysexits.h.
  static let exitCode: Int32 = 64

  /// Each with its mend.
  var problems: [String]

  /// Tells the problems on standard error and where help is; returns the exit code.
  func tell(command: String) -> Int32 {
    for problem in problems { StandardError.write("roomcast \(command): \(problem)") }
    StandardError.write("roomcast \(command) --help explains")
    return Self.exitCode
  }
}
