import HubWire

/// A whole answer of the hub.
struct HTTPAnswer {
  let head: HTTPResponseHead
  var body: [UInt8] = []

  var isSuccess: Bool { (200..<300).contains(head.status) }
  var refusal: Refusal { Refusal(status: head.status, body: body) }
}
