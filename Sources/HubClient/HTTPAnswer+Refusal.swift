import HubIO
import HubWire

extension HTTPAnswer {
  var refusal: Refusal { Refusal(status: head.status, body: body) }
}
