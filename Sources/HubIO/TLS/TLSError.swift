/// What is wrong with certificates and keys, all of it at once: each text names the file and says what to do.
package struct TLSError: Error, Equatable, CustomStringConvertible {
  package let problems: [String]

  package init(_ problems: [String]) {
    self.problems = problems
  }

  init(_ problem: String) {
    problems = [problem]
  }

  package var description: String { problems.joined(separator: "; ") }
}
