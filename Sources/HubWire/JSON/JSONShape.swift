/// What the scanner saw on its way over a valid JSON text.
package struct JSONShape: Sendable, Equatable {
  /// What the whole value is.
  package let kind: JSONKind
  /// Line breaks or tabs stand outside strings, so that the text does not fit on one line as it is.
  package let needsCompaction: Bool

  package init(kind: JSONKind, needsCompaction: Bool) {
    self.kind = kind
    self.needsCompaction = needsCompaction
  }
}
