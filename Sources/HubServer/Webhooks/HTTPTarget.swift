import HubIO
import HubWire

/// A service that may be called, with everything read and prepared. Immutable; a reload makes another one.
struct HTTPTarget: Sendable {
  let name: String
  let url: WebhookURL
  let key: WebhookKey
  /// Checks who the service is; nil for a plain connection.
  let tls: TLSClientContext?

  /// A signed request with a JSON body.
  ///
  /// - Parameters:
  ///   - id: names the message, the same for each try.
  ///   - wallTime: milliseconds since 1970.
  func request(id: String, body: [UInt8], wallTime: Int64) -> [UInt8] {
    var fields: HTTPFields = ["Content-Type": "application/json", "User-Agent": "roomcast/\(Hub.version)"]
    fields.append(key.fields(id: id, seconds: wallTime / 1000, body: body))
    return HTTPRequestHead(method: .post, target: url.path, host: url.hostField, fields: fields).encode(body: body)
  }
}

extension HTTPTarget {
  /// Whether connections to the one may be used for the other.
  func isSame(as other: HTTPTarget) -> Bool {
    url == other.url && key == other.key && tls === other.tls
  }
}
