package import HubWire

/// An answer to a request.
package struct HTTPAnswer {
  package let head: HTTPResponseHead
  package var body: [UInt8] = []
  /// Nothing of it is still to come.
  package var isWhole = true

  package var isSuccess: Bool { (200..<300).contains(head.status) }
}
