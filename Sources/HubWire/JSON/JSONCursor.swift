/// Goes through the members of one JSON object, in the order in which they stand; doubled keys come twice.
struct JSONMemberCursor {
  private let bytes: [UInt8]
  private var index: Int

  init(_ object: JSONValue) {
    bytes = object.bytes
    index = object.range.lowerBound + 1
  }

  /// Where the next key stands, without its quotes, and its value; nil behind the last one.
  mutating func next() -> (key: Range<Int>, value: Range<Int>)? {
    let bytes = bytes
    let input = bytes.span
    JSONWalk.skipToNext(input, &index)
    if input[index] == UInt8(ascii: "}") { return nil }
    let key = JSONWalk.skipValue(input, &index)
    JSONWalk.skipWhitespace(input, &index)
    index += 1
    JSONWalk.skipWhitespace(input, &index)
    let value = JSONWalk.skipValue(input, &index)
    return ((key.lowerBound + 1)..<(key.upperBound - 1), value)
  }
}

/// Goes through the elements of one JSON array.
struct JSONElementCursor {
  private let bytes: [UInt8]
  private var index: Int

  init(_ array: JSONValue) {
    bytes = array.bytes
    index = array.range.lowerBound + 1
  }

  /// The next element; nil behind the last one.
  mutating func next() -> JSONValue? {
    let bytes = bytes
    let input = bytes.span
    JSONWalk.skipToNext(input, &index)
    if input[index] == UInt8(ascii: "]") { return nil }
    return JSONValue(valid: bytes, range: JSONWalk.skipValue(input, &index))
  }
}
