/// The receiving half of a connection to Redis: bytes in, values out (RESP2 and RESP3).
///
/// Hand over what arrives with ``receive(_:)`` and call ``next()`` until it returns nil. Any split of the same bytes gives
/// the same values and the same error, and costs time linear in the bytes: a string that is cut grows as its bytes come,
/// and a line that is cut is searched on from where it was cut.
///
/// A value costs its own allocations, one for each string of more than 15 bytes and each aggregate that is not empty.
package struct RESPParser: Sendable {
  /// The longest buffer that is kept while it is empty.
  private static let keptCapacity = 64 << 10
  /// The shortest an element can be: `_\r\n`.
  private static let shortestElement = 3

  /// A string whose length is known, with what has come of it.
  private struct Bulk {
    let type: UInt8
    let length: Int
    var bytes: [UInt8] = []
  }

  private let limits: RESPLimits
  private var buffer: [UInt8] = []
  /// Where in the buffer the bytes begin that are not taken yet.
  private var position = 0
  /// How many bytes of the line at `position` are known to hold no end of it.
  private var searched = 0
  private var bulk: Bulk?
  /// The aggregates that the next value stands in, the outermost first.
  private var open: [RESPAggregate] = []
  /// The bytes of the value under way, as far as they are known.
  private var length = 0
  private var failure: RESPError?

  package init(limits: RESPLimits = RESPLimits()) {
    self.limits = limits
  }

  /// Whether nothing has come of another value: the connection may end here.
  package var isBetweenValues: Bool { position == buffer.count && length == 0 }

  /// How much memory it holds for bytes that are no value yet.
  package var heldBytes: Int { buffer.capacity &+ (bulk?.bytes.capacity ?? 0) }

  package mutating func receive(_ bytes: Span<UInt8>) {
    guard failure == nil else { return }
    letGo()
    buffer.append(addingCapacity: bytes.count) { $0.put(bytes) }
  }

  /// - Returns: The next value; nil where more bytes are needed.
  /// - Throws: What is wrong with the bytes; then every call throws it again.
  package mutating func next() throws(RESPError) -> RESPValue? {
    if let failure { throw failure }
    do throws(RESPError) {
      while let single = try nextSingle() {
        guard let value = place(single) else { continue }
        length = 0
        return value
      }
      letGo()
      return nil
    } catch {
      self = RESPParser(limits: limits)
      failure = error
      throw error
    }
  }

  /// Lets go of the bytes that are taken, in time linear in all bytes that ever come.
  private mutating func letGo() {
    if position == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
    } else if position > buffer.count - position {
      buffer.removeSubrange(..<position)
    } else {
      return
    }
    position = 0
  }
}

// MARK: - Aggregates

extension RESPParser {
  /// Puts a value where it belongs.
  ///
  /// - Returns: The outermost value once it is whole.
  private mutating func place(_ value: RESPValue) -> RESPValue? {
    var value = value
    while !open.isEmpty {
      guard open[open.count - 1].add(value), let whole = open.removeLast().value else { return nil }
      value = whole
    }
    return value
  }

  /// - Returns: Nil where its elements come next, and for attributes that are none.
  private mutating func beginAggregate(
    _ kind: RESPAggregate.Kind, _ count: ArraySlice<UInt8>
  ) throws(RESPError) -> RESPValue? {
    guard let count = try self.count(count) else {
      guard kind == .array else { throw .malformed("an aggregate without a length") }
      return .null
    }
    guard kind != .push || open.isEmpty else { throw .malformed("a push inside another value") }
    let isPairs = kind == .map || kind == .attributes
    guard count <= (isPairs ? limits.elements / 2 : limits.elements) else {
      throw .tooLarge("an aggregate has more than \(limits.elements) elements")
    }
    guard count > 0 else { return RESPAggregate(kind, count: 0, room: 0).value }
    guard open.count < limits.depth else { throw .tooLarge("aggregates are more than \(limits.depth) deep") }
    // What is promised is not believed; what has come can hold no more than this.
    let room = (buffer.count &- position) / Self.shortestElement
    open.append(RESPAggregate(kind, count: isPairs ? 2 &* count : count, room: room))
    return nil
  }

  /// - Returns: Nil for -1, by which version 2 says that there is nothing.
  private func count(_ digits: ArraySlice<UInt8>) throws(RESPError) -> Int? {
    if digits.first == UInt8(ascii: "?") { throw .unsupported("a value whose length is told at its end") }
    guard let count = RESPNumber.integer(digits), digits.first != UInt8(ascii: "+"), count >= -1 else {
      throw .malformed("a length is no number")
    }
    return count < 0 ? nil : Int(count)
  }
}

// MARK: - Lines

extension RESPParser {
  /// The next value that has no elements, after all beginnings of aggregates before it.
  private mutating func nextSingle() throws(RESPError) -> RESPValue? {
    while true {
      if bulk != nil { return try takeBulk() }
      guard let line = try takeLine() else { return nil }
      if let value = try read(line) { return value }
    }
  }

  /// Takes a line, without its end.
  private mutating func takeLine() throws(RESPError) -> ArraySlice<UInt8>? {
    let end = min(buffer.count, position &+ limits.line &+ 1)
    var index = position &+ searched
    while index < end, buffer[index] != HTTPBytes.carriageReturn {
      guard buffer[index] != HTTPBytes.lineFeed else { throw .malformed("a LF stands alone") }
      index &+= 1
    }
    searched = index &- position
    guard searched <= limits.line else { throw .tooLarge("a line is longer than \(limits.line) bytes") }
    guard index &+ 1 < buffer.count else { return nil }
    guard buffer[index &+ 1] == HTTPBytes.lineFeed else { throw .malformed("a CR stands alone") }
    let line = buffer[position..<index]
    position = index &+ 2
    searched = 0
    try lengthen(by: line.count &+ 2)
    return line
  }

  private mutating func lengthen(by count: Int) throws(RESPError) {
    guard count <= limits.value &- length else { throw .tooLarge("a value is longer than \(limits.value) bytes") }
    length &+= count
  }

  /// - Returns: Nil where more belongs to the value.
  private mutating func read(_ line: ArraySlice<UInt8>) throws(RESPError) -> RESPValue? {
    guard let type = line.first else { throw .malformed("an empty line") }
    let rest = line.dropFirst()
    switch type {
    case UInt8(ascii: "+"): return .simple(String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: ":"):
      guard let number = RESPNumber.integer(rest) else { throw .malformed("an integer is none of 64 bits") }
      return .integer(number)
    case UInt8(ascii: "$"), UInt8(ascii: "="), UInt8(ascii: "!"): return try beginBulk(type, rest)
    case UInt8(ascii: "*"): return try beginAggregate(.array, rest)
    case UInt8(ascii: "~"): return try beginAggregate(.set, rest)
    case UInt8(ascii: "%"): return try beginAggregate(.map, rest)
    case UInt8(ascii: ">"): return try beginAggregate(.push, rest)
    case UInt8(ascii: "|"): return try beginAggregate(.attributes, rest)
    default: return try Self.rare(type, rest)
    }
  }

  private static func rare(_ type: UInt8, _ rest: ArraySlice<UInt8>) throws(RESPError) -> RESPValue {
    switch type {
    case UInt8(ascii: "_"):
      guard rest.isEmpty else { throw .malformed("a null with something in it") }
      return .null
    case UInt8(ascii: "#"):
      guard rest.count == 1, let letter = rest.first else { throw .malformed("a boolean is neither t nor f") }
      if letter == UInt8(ascii: "t") { return .boolean(true) }
      guard letter == UInt8(ascii: "f") else { throw .malformed("a boolean is neither t nor f") }
      return .boolean(false)
    case UInt8(ascii: ","):
      guard let number = RESPNumber.double(rest) else { throw .malformed("a double is no number") }
      return .double(number)
    case UInt8(ascii: "("):
      guard RESPNumber.isBig(rest) else { throw .malformed("a big number is no number") }
      return .bigNumber(String(decoding: rest, as: UTF8.self))
    case UInt8(ascii: ";"), UInt8(ascii: "."): throw .unsupported("a value whose length is told at its end")
    default: throw .malformed("no value begins with byte \(type)")
    }
  }
}

// MARK: - Strings of a known length

extension RESPParser {
  private mutating func beginBulk(_ type: UInt8, _ digits: ArraySlice<UInt8>) throws(RESPError) -> RESPValue? {
    guard let count = try count(digits) else {
      guard type == UInt8(ascii: "$") else { throw .malformed("a string without a length") }
      return .null
    }
    guard count <= limits.bulk else { throw .tooLarge("a string is longer than \(limits.bulk) bytes") }
    try lengthen(by: count &+ 2)
    bulk = Bulk(type: type, length: count)
    return nil
  }

  private mutating func takeBulk() throws(RESPError) -> RESPValue? {
    guard let whole = try gatherBulk() else { return nil }
    bulk = nil
    switch whole.type {
    case UInt8(ascii: "$"): return .bulk(whole.bytes)
    case UInt8(ascii: "!"): return .error(String(copying: whole.bytes.span))
    default:
      // How the text is to be shown, in three letters and a colon.
      guard whole.length >= 4, whole.bytes[3] == HTTPBytes.colon else {
        throw .malformed("a verbatim string does not say of what kind it is")
      }
      return .bulk(Array(whole.bytes[4...]))
    }
  }

  /// - Returns: Nil where some of it, or its end, is still to come.
  private mutating func gatherBulk() throws(RESPError) -> Bulk? {
    // Taken out of self, so that no copy is made where it grows.
    guard var bulk = self.bulk.take() else { return nil }
    let count = min(bulk.length &- bulk.bytes.count, buffer.count &- position)
    let piece = buffer[position..<position &+ count]
    if count == bulk.length {
      bulk.bytes = Array(piece)
    } else if count > 0 {
      let needed = bulk.bytes.count &+ count
      if needed > bulk.bytes.capacity {
        bulk.bytes.reserveCapacity(min(bulk.length, max(needed, 2 &* bulk.bytes.capacity)))
      }
      bulk.bytes.append(contentsOf: piece)
    }
    position &+= count
    guard bulk.bytes.count == bulk.length, buffer.count &- position >= 2 else {
      self.bulk = bulk
      return nil
    }
    guard buffer[position] == HTTPBytes.carriageReturn, buffer[position &+ 1] == HTTPBytes.lineFeed else {
      throw .malformed("a string is longer than it says")
    }
    position &+= 2
    return bulk
  }
}
