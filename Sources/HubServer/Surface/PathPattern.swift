import HubWire

/// A path as it is declared: `/v1/rooms/{room}/events`, with at most two names in braces, each for a whole segment.
struct PathPattern: Sendable {
  /// As it is written in the document.
  let text: String
  /// What stands in braces, in order.
  let names: [String]
  private let segments: ContiguousArray<Segment>

  private struct Segment {
    /// Empty for one that stands in braces.
    var literal: [UInt8]
  }

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: "/").map(String.init)
    let isName = { (part: String) in part.hasPrefix("{") && part.hasSuffix("}") }
    names = parts.filter(isName).map { String($0.dropFirst().dropLast()) }
    precondition(names.count <= 2, "\(text) has more names than a match can hold")
    segments = ContiguousArray(parts.map { Segment(literal: isName($0) ? [] : Array($0.utf8)) })
  }

  /// Where in the path the values of the names lie; nil where it is another path. A value is empty only at the end.
  func match(_ path: Span<UInt8>) -> PathMatch? {
    var index = segments.isEmpty && path.count == 1 && path[0] == UInt8(ascii: "/") ? 1 : 0
    var match = PathMatch()
    for segment in segments {
      guard index < path.count, path[index] == UInt8(ascii: "/") else { return nil }
      let start = index + 1
      index = start
      if segment.literal.isEmpty {
        while index < path.count, path[index] != UInt8(ascii: "/") { index += 1 }
        guard index > start || index == path.count else { return nil }
        match.add(start..<index)
      } else {
        for byte in segment.literal {
          guard index < path.count, path[index] == byte else { return nil }
          index += 1
        }
      }
    }
    return index == path.count ? match : nil
  }
}

/// Where the values of a path's names lie, in order.
struct PathMatch: Equatable {
  private(set) var first = 0..<0
  private(set) var second = 0..<0
  private var count = 0

  fileprivate mutating func add(_ range: Range<Int>) {
    if count == 0 { first = range } else { second = range }
    count += 1
  }
}
