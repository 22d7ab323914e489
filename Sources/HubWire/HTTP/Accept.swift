/// What a client is willing to read (RFC 9110 section 12.5.1).
package struct Accept: Sendable {
  private let ranges: [(type: MediaType, quality: Int)]

  /// Elements that are not media ranges are passed over; a `q` that is none counts as 0, so nobody is sent what he
  /// did not clearly ask for.
  package init(_ fields: HTTPFields) {
    ranges = fields.list(of: "accept").compactMap { element in
      MediaType(element).map { ($0, Self.quality($0["q"])) }
    }
  }

  /// How much a type is wanted, in thousandths; the most specific range decides. 1000 for all where nothing is asked.
  package func quality(of type: String, _ subtype: String) -> Int {
    guard !ranges.isEmpty else { return 1000 }
    return named(type, subtype) ?? named(type, "*") ?? named("*", "*") ?? 0
  }

  /// How much a type that is named without a wildcard is wanted; nil where it is not named.
  package func named(_ type: String, _ subtype: String) -> Int? {
    ranges.filter { $0.type.type == type && $0.type.subtype == subtype }.map(\.quality).max()
  }

  /// `0`, `1`, or a fraction between with up to three digits (RFC 9110 section 12.4.2).
  private static func quality(_ text: String?) -> Int {
    guard let text else { return 1000 }
    let bytes = Array(text.utf8)
    guard (1...5).contains(bytes.count), bytes.count == 1 || bytes[1] == UInt8(ascii: "."),
      bytes[0] == UInt8(ascii: "0") || bytes[0] == UInt8(ascii: "1")
    else { return 0 }
    var quality = Int(bytes[0] &- UInt8(ascii: "0")) * 1000
    var scale = 100
    for byte in bytes.dropFirst(2) {
      guard HTTPBytes.isDigit(byte) else { return 0 }
      quality += Int(byte &- UInt8(ascii: "0")) * scale
      scale /= 10
    }
    return quality <= 1000 ? quality : 0
  }
}

extension HTTPRequest {
  /// Whether the client wants a stream of events rather than JSON: Accept names `text/event-stream`, not merely a
  /// wildcard, and wants it at least as much as `application/json`.
  package var prefersEventStream: Bool {
    let accept = Accept(fields)
    guard let wanted = accept.named("text", "event-stream"), wanted > 0 else { return false }
    return wanted >= accept.quality(of: "application", "json")
  }
}
