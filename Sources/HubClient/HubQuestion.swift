import HubWire

/// A request to the hub, which can be sent again: it reads, or has an idempotency key.
struct HubQuestion: Sendable {
  let method: HTTPMethod
  let target: String
  var fields: HTTPFields = [:]
  var body: [UInt8]?

  init(method: HTTPMethod, target: String) {
    self.method = method
    self.target = target
  }

  init(get target: String) {
    self.init(method: .get, target: target)
  }

  init(post target: String, fields: HTTPFields, body: [UInt8]) {
    method = .post
    self.target = target
    self.fields = fields
    self.body = body
  }

  /// As it is sent.
  func request(to url: HubURL, showing secret: Secret?) -> [UInt8] {
    var fields = Secret.add(secret, to: fields)
    fields.append("User-Agent", UserAgent.text)
    return HTTPRequestHead(method: method, target: target, host: url.hostField, fields: fields).encode(body: body)
  }
}
