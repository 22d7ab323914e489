/// Takes a command line apart into flags and positionals, in the one way all subcommands share.
///
/// `--flag value` and `--flag=value`, `-h`; a lone `-` is a positional (standard input), and so is everything after
/// `--`. A flag's value never begins with `--`: whoever needs that writes `--flag=--value`.
package struct FlagScanner {
  /// A piece of a command line.
  package enum Token: Equatable, Sendable {
    /// A flag with its dashes; the value is nil where there is none, be it needed or not.
    case flag(String, value: String?)
    case positional(String)
  }

  private var rest: ArraySlice<String>
  private let takesValue: (String) -> Bool
  private var isAfterDashes = false

  /// - Parameter takesValue: whether a flag, given with its dashes, is followed by its value.
  package init(_ arguments: [String], takesValue: @escaping (String) -> Bool) {
    rest = arguments[...]
    self.takesValue = takesValue
  }

  package mutating func next() -> Token? {
    guard let argument = rest.popFirst() else { return nil }
    if isAfterDashes || !argument.hasPrefix("-") || argument == "-" { return .positional(argument) }
    if argument == "--" {
      isAfterDashes = true
      return next()
    }
    if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
      return .flag(String(argument[..<equals]), value: String(argument[argument.index(after: equals)...]))
    }
    guard takesValue(argument), let value = rest.first, !value.hasPrefix("--") else {
      return .flag(argument, value: nil)
    }
    rest.removeFirst()
    return .flag(argument, value: value)
  }
}
