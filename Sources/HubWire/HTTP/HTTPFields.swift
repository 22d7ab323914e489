/// The header fields of one message, in order.
///
/// All names and values lie in one array of bytes (of a received message: its whole head, copied once) and each field
/// is a pair of ranges into it, so a head costs two allocations however many fields it has.
package struct HTTPFields: Sendable {
  /// Where one field lies in ``bytes``. Heads are far shorter than 4 GiB: see ``HTTPLimits/headerBytes``.
  struct Entry: Sendable {
    var nameStart: UInt32
    var nameCount: UInt32
    var valueStart: UInt32
    var valueCount: UInt32

    init(name: Range<Int>, value: Range<Int>) {
      nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
      nameCount = UInt32(truncatingIfNeeded: name.count)
      valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
      valueCount = UInt32(truncatingIfNeeded: value.count)
    }

    var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameCount) }
    var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueCount) }
  }

  fileprivate(set) var bytes: [UInt8]
  fileprivate(set) var entries: [Entry]

  package init() {
    bytes = []
    entries = []
  }

  init(bytes: [UInt8], entries: [Entry]) {
    self.bytes = bytes
    self.entries = entries
  }

  package var count: Int { entries.count }
  package var isEmpty: Bool { entries.isEmpty }

  /// The first value of that name, without surrounding blanks.
  package subscript(name: String) -> String? {
    guard let entry = entries.first(where: { has($0, name) }) else { return nil }
    return string(entry.value)
  }

  /// Every value of that name, in order.
  package func values(of name: String) -> [String] {
    entries.filter { has($0, name) }.map { string($0.value) }
  }

  /// The elements of a comma list that may be spread over several fields (RFC 9110 section 5.3).
  package func list(of name: String) -> [String] {
    var elements: [String] = []
    for entry in entries where has(entry, name) {
      var cursor = entry.value.lowerBound
      while let element = HTTPBytes.nextElement(bytes.span, at: &cursor, before: entry.value.upperBound) {
        elements.append(string(element))
      }
    }
    return elements
  }

  /// Whether the first field of that name has this value, in whatever case; without making a string of it.
  package func says(_ name: String, _ value: StaticString) -> Bool {
    guard let entry = entries.first(where: { has($0, name) }) else { return false }
    return HTTPBytes.equal(bytes.span.extracting(entry.value), ignoringCase: value)
  }

  package func contains(_ name: String) -> Bool {
    entries.contains { has($0, name) }
  }

  /// Name and value of the field at `index`, the name as it was written.
  package func field(at index: Int) -> (name: String, value: String) {
    (string(entries[index].name), string(entries[index].value))
  }

  private func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  private func has(_ entry: Entry, _ name: String) -> Bool {
    let wanted = name.utf8
    guard Int(entry.nameCount) == wanted.count else { return false }
    var index = Int(entry.nameStart)
    for byte in wanted {
      guard HTTPBytes.lowercased(bytes[index]) == HTTPBytes.lowercased(byte) else { return false }
      index += 1
    }
    return true
  }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    bytes.reserveCapacity(elements.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count })
    entries.reserveCapacity(elements.count)
    for (name, value) in elements { append(name, value) }
  }

  /// Adds all of another's fields at the end.
  package mutating func append(_ other: HTTPFields) {
    for index in 0..<other.count {
      let field = other.field(at: index)
      append(field.name, field.value)
    }
  }

  /// Adds a field at the end.
  ///
  /// No value can begin a line of its own: a control character in it becomes a space, and a byte that is no token
  /// character becomes `-` in the name. So text from a peer may be handed in as it is.
  package mutating func append(_ name: String, _ value: String) {
    let nameStart = bytes.count
    bytes.append(contentsOf: name.utf8)
    let valueStart = bytes.count
    bytes.append(contentsOf: value.utf8)
    if !HTTPBytes.isToken(bytes.span.extracting(nameStart..<valueStart)) {
      for index in nameStart..<valueStart where !HTTPBytes.isTokenByte(bytes[index]) {
        bytes[index] = UInt8(ascii: "-")
      }
    }
    if !HTTPBytes.isValue(bytes.span.extracting(valueStart..<bytes.count)) {
      for index in valueStart..<bytes.count where !HTTPBytes.isValueByte(bytes[index]) {
        bytes[index] = HTTPBytes.space
      }
    }
    let trimmed = HTTPBytes.trimmed(bytes.span, valueStart..<bytes.count)
    entries.append(Entry(name: nameStart..<valueStart, value: trimmed))
  }
}
