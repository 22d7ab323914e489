/// How much of a header section is taken before the peer is refused with 431.
package struct HTTPLimits: Sendable {
  /// The longest head in bytes: request line, fields and the empty line. A trailer section has the same bound.
  package var headerBytes: Int
  /// The most header fields in one head, and again in one trailer section.
  package var headerFields: Int

  package init(headerBytes: Int = 32_768, headerFields: Int = 100) {
    self.headerBytes = headerBytes
    self.headerFields = headerFields
  }
}
