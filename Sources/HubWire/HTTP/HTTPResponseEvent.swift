/// What ``HTTPResponseParser`` finds in the input, in this order for each answer.
package enum HTTPResponseEvent: Sendable {
  case head(HTTPResponseHead)
  /// A piece of the body: a range of the input of this very call.
  case body(Range<Int>)
  /// The answer is complete. After a 101 what follows in the input is no longer HTTP.
  case end
}
