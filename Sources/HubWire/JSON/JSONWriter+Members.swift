extension JSONWriter {
  package mutating func member(_ name: StaticString, _ value: String) {
    key(name)
    string(value)
  }

  package mutating func member(_ name: StaticString, _ value: Int) {
    key(name)
    integer(value)
  }

  package mutating func member(_ name: StaticString, _ value: Int64) {
    key(name)
    integer(value)
  }

  package mutating func member(_ name: StaticString, _ value: UInt64) {
    key(name)
    integer(value)
  }

  package mutating func member(_ name: StaticString, _ value: Bool) {
    key(name)
    bool(value)
  }

  package mutating func member(_ name: StaticString, _ value: Position) {
    key(name)
    position(value)
  }

  /// A member whose value is valid JSON already.
  package mutating func member(_ name: StaticString, raw value: [UInt8]) {
    key(name)
    raw(value)
  }

  /// A whole object; `members` writes what stands in it.
  package static func object(capacity: Int = 128, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(capacity: capacity)
    writer.beginObject()
    members(&writer)
    writer.endObject()
    return writer.bytes
  }
}
