/// The members of one JSON object, as slices of its text: one level deep, no tree.
///
/// The typed getters are in `JSONObject+Fields.swift`.
package struct JSONObject: Sendable {
  /// How many members an object may have, so that reading one cannot take much more memory than it came in.
  package static let maximumMembers = 1_024

  /// Where one member stands in the text.
  struct Member {
    /// The inside of the name, without its quotation marks.
    let key: Range<Int>
    let value: Range<Int>
  }

  /// The whole text, shared with the values.
  let bytes: [UInt8]
  /// In the order in which they stand; a doubled key is here twice.
  let members: [Member]
  /// What stands before the names of fields in errors: empty, or such as `rooms[2].`
  let path: String

  /// Takes a whole JSON text.
  ///
  /// - Throws: `INVALID_JSON` where it is not valid, `INVALID_REQUEST` where it is no object.
  package init(parsing bytes: [UInt8], maximumDepth: Int = JSONScanner.maximumDepth) throws(HubError) {
    try self.init(try JSONValue(parsing: bytes, maximumDepth: maximumDepth))
  }

  /// - Parameters:
  ///   - value: the object; the text that it stands in is valid already.
  ///   - name: what to call it in an error, such as `rooms[2]`; nil for the message itself.
  /// - Throws: `INVALID_REQUEST` where it is no object, or has too many members.
  package init(_ value: JSONValue, name: String? = nil) throws(HubError) {
    let title = name.map { "`\($0)`" } ?? "the message"
    guard value.kind == .object else {
      throw HubError(.invalidRequest, "\(title) is \(value.kind.phrase), it must be an object")
    }
    guard let members = Self.split(value) else {
      throw HubError(.invalidRequest, "\(title) has more than \(Self.maximumMembers) members")
    }
    self.members = members
    bytes = value.bytes
    path = name.map { "\($0)." } ?? ""
  }

  /// The names of the members, in the order in which they stand.
  package var keys: [String] { members.map { JSONUnescape.text(bytes[$0.key]).text } }

  /// The first name of a member that is none of these.
  package func firstKey(outside names: [StaticString]) -> String? {
    let stranger = members.first { member in !names.contains { isKey($0, of: member) } }
    return stranger.map { JSONUnescape.text(bytes[$0.key]).text }
  }

  /// Whether this is the member's name, however it is written.
  @inline(__always)
  func isKey(_ name: StaticString, of member: Member) -> Bool {
    let length = name.utf8CodeUnitCount
    guard member.key.count >= length else { return false }
    guard member.key.count == length else { return isEscapedKey(name, of: member) }
    let written = bytes.span.extracting(member.key)
    for index in 0..<length {
      guard unsafe written[index] == name.utf8Start[index] else { return false }
    }
    return true
  }

  /// A name with escapes is longer than what it says.
  private func isEscapedKey(_ name: StaticString, of member: Member) -> Bool {
    let written = bytes.span.extracting(member.key)
    guard WordwisePlainRun.end(in: written, from: 0) < written.count else { return false }
    return JSONUnescape.text(bytes[member.key]).text == name.description
  }

  /// Nil where there are too many members.
  private static func split(_ value: JSONValue) -> [Member]? {
    var members: [Member] = []
    members.reserveCapacity(8)
    var cursor = JSONMemberCursor(value)
    while let member = cursor.next() {
      if members.count == maximumMembers { return nil }
      members.append(Member(key: member.key, value: member.value))
    }
    return members
  }
}
