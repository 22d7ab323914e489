/// How much a server may send as one value before the connection is given up. Checked before anything is reserved.
package struct RESPLimits: Sendable {
  /// The longest string whose length is told before it, in bytes.
  package var bulk: Int
  /// The longest line: a simple string, an error or a number, in bytes.
  package var line: Int
  /// The most elements of one aggregate; a pair of a map is two.
  package var elements: Int
  /// How deep aggregates may stand in each other.
  package var depth: Int
  /// The longest value with all that stands in it, in bytes on the wire.
  package var value: Int

  package init(
    bulk: Int = 64 << 20, line: Int = 64 << 10, elements: Int = 1 << 20, depth: Int = 32, value: Int = 128 << 20
  ) {
    precondition(min(bulk, line, elements, depth, value) >= 0, "a limit is not negative")
    self.bulk = bulk
    self.line = line
    self.elements = elements
    self.depth = depth
    self.value = value
  }
}
