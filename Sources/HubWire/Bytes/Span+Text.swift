/// The little that comparing received bytes with fixed text needs.
extension Span<UInt8> {
  /// Whether the bytes begin with `text`.
  package func starts(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(first: text.utf8CodeUnitCount).equals(text)
  }

  /// Whether the bytes end with `text`.
  package func ends(with text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(last: text.utf8CodeUnitCount).equals(text)
  }

  private func equals(_ text: StaticString) -> Bool {
    for index in indices where self[index] != (unsafe text.utf8Start[index]) { return false }
    return true
  }
}

extension String {
  /// A string of the bytes, which replaces what is not UTF-8.
  package init(copying bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
