/// What ``HTTPRequestParser`` finds in the input, in this order for each request.
package enum HTTPRequestEvent: Sendable {
  case head(HTTPRequest)
  /// A piece of the body: a range of the input of this very call.
  case body(Range<Int>)
  /// The request is complete, also where it has no body.
  case end
}
