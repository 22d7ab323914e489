/// The elements of one JSON array, as slices of its text.
package struct JSONArray: Sendable {
  package let elements: [JSONValue]

  /// - Parameters:
  ///   - value: the array; the text that it stands in is valid already.
  ///   - maximum: how many elements it may have.
  ///   - name: what to call it in an error, such as `rooms`.
  /// - Throws: `INVALID_REQUEST` where it is no array, or too long.
  package init(_ value: JSONValue, maximum: Int, name: String) throws(HubError) {
    guard value.kind == .array else {
      throw HubError(.invalidRequest, "`\(name)` is \(value.kind.phrase), it must be an array")
    }
    guard let elements = Self.split(value, maximum: maximum) else {
      throw HubError(.invalidRequest, "`\(name)` has more than \(maximum) elements")
    }
    self.elements = elements
  }

  /// Nil where there are more than `maximum` elements.
  private static func split(_ value: JSONValue, maximum: Int) -> [JSONValue]? {
    var elements: [JSONValue] = []
    var cursor = JSONElementCursor(value)
    while let element = cursor.next() {
      if elements.count == maximum { return nil }
      elements.append(element)
    }
    return elements
  }
}
