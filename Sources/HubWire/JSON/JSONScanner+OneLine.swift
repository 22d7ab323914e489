extension JSONScanner {
  /// The same valid JSON on one line: line breaks and tabs outside strings become spaces, and every other byte stays,
  /// so that number spelling, key order and doubled keys travel as they came.
  ///
  /// Inside strings a valid text has no control character, so whatever lies below the space stands outside them, and
  /// the work is one comparison a byte, which the compiler does many at a time.
  ///
  /// - Precondition: `input` is valid. Of anything else this makes something else that is not to be trusted either.
  package static func oneLine(_ input: Span<UInt8>) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: input.count) { buffer, count in
      for index in 0..<input.count { unsafe buffer[index] = max(input[index], 0x20) }
      count = input.count
    }
  }

  /// The same for owned bytes; makes no copy where the shape says that there is nothing to do.
  package static func oneLine(_ input: [UInt8], shape: JSONShape) -> [UInt8] {
    shape.needsCompaction ? oneLine(input.span) : input
  }
}
