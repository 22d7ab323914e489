/// What a problem among the results of a stream is about, where that is not one room of one line.
package enum ProblemScope: String, Sendable {
  /// A whole line, whatever rooms it names: it has no other result.
  case line
  /// The stream: no line is answered by it.
  case stream
}
