/// A CloudEvent 1.0, as far as the hub takes it over: `type` becomes the event's name, `source` and `id` together the
/// idempotency key, and the data is the data. Other attributes are checked for nothing and not kept.
package struct CloudEvent: Sendable, Equatable {
  /// The media type of one event in structured mode (CloudEvents HTTP binding, section 3.2).
  package static let structured = "application/cloudevents+json"
  /// The media type of several (section 3.3).
  package static let batch = "application/cloudevents-batch+json"

  package let name: EventName
  package let data: EventData
  /// The idempotency key: the same event, sent twice, has the same.
  package let key: String
  /// The extension attribute `room`: where it goes, in a request whose URL does not say it.
  package let room: String?

  // MARK: Structured mode

  /// - Throws: `INVALID_JSON`, `INVALID_REQUEST` naming the attribute, `INVALID_EVENT` for a type that is no event name.
  package init(structured body: [UInt8]) throws(HubError) {
    try self.init(JSONValue(parsing: body, maximumDepth: JSONScanner.maximumDepth + 1))
  }

  /// The same of an element of a batch.
  package init(_ value: JSONValue) throws(HubError) {
    let object = try JSONObject(value, name: value.kind == .object ? nil : "the CloudEvent")
    try Self.check(version: try object.string("specversion"))
    name = try Self.name(try object.string("type"))
    key = try Self.key(source: try object.string("source"), id: try object.string("id"))
    room = try object.string("room")
    if let base64 = try object.string("data_base64") {
      guard try object.value("data") == nil else {
        throw HubError(.invalidRequest, "a CloudEvent has `data` or `data_base64`, not both")
      }
      data = try EventData(cloudBase64: base64)
    } else {
      data = .json(try object.value("data")?.oneLine() ?? Array("null".utf8))
    }
  }

  // MARK: Binary mode

  /// - Parameters:
  ///   - fields: the request's, with the attributes as `ce-NAME` (CloudEvents HTTP binding, section 3.1).
  ///   - data: the body, as its media type says.
  /// - Throws: `INVALID_REQUEST` naming the field, `INVALID_EVENT` for a type that is no event name.
  package init(binary fields: HTTPFields, data: EventData) throws(HubError) {
    try Self.check(version: try Self.value("ce-specversion", fields))
    name = try Self.name(try Self.value("ce-type", fields))
    key = try Self.key(source: try Self.value("ce-source", fields), id: try Self.value("ce-id", fields))
    room = nil
    self.data = data
  }

  /// A field's value, which is percent-encoded (CloudEvents HTTP binding, section 3.1.3.2).
  private static func value(_ field: String, _ fields: HTTPFields) throws(HubError) -> String? {
    let values = fields.values(of: field)
    guard values.count <= 1 else { throw HubError(.invalidRequest, "there is more than one field `\(field)`") }
    guard let value = values.first else { return nil }
    guard let text = PercentEncoding.decode(value) else {
      throw HubError(.invalidRequest, "the field `\(field)` is not percent-encoded UTF-8")
    }
    return text
  }

  // MARK: Attributes

  private static func check(version: String?) throws(HubError) {
    guard let version else { throw missing("specversion") }
    guard version == "1.0" else {
      throw HubError(.invalidRequest, "`specversion` is \"\(version.prefix(20))\"; CloudEvents 1.0 is understood")
    }
  }

  private static func name(_ type: String?) throws(HubError) -> EventName {
    guard let type else { throw missing("type") }
    return try EventName(type)
  }

  /// Source and id as one text; a digest of it where that would be too long for a key.
  private static func key(source: String?, id: String?) throws(HubError) -> String {
    guard let source, !source.isEmpty else { throw missing("source") }
    guard let id, !id.isEmpty else { throw missing("id") }
    // Both may hold any character: the length says where the one ends and the other begins.
    let text = "\(id.utf8.count) \(id) \(source)"
    if text.utf8.count <= Envelope.maximumKey { return text }
    return "sha-256:" + String(decoding: Base64.encode(Digest.sha256(Array(text.utf8).span)), as: UTF8.self)
  }

  private static func missing(_ attribute: String) -> HubError {
    HubError(.invalidRequest, "a CloudEvent must have `\(attribute)`")
  }
}

extension EventData {
  fileprivate init(cloudBase64 text: String) throws(HubError) {
    let bytes = Array(text.utf8)
    guard Base64.isValid(bytes.span) else {
      throw HubError(.invalidRequest, "`data_base64` is not base64 with padding (RFC 4648 section 4)")
    }
    self = .base64(bytes)
  }
}
