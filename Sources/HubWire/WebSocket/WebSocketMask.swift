/// The masking of payloads (RFC 6455 section 5.3): byte `i` of a payload is XORed with byte `i mod 4` of a key.
///
/// The key is kept as the four bytes in the order of the wire, the first one lowest, and turned as the payload goes by, so
/// that a payload may be taken in pieces of any size. Key 0 leaves a payload as it is.
package struct WebSocketMask: Equatable, Sendable {
  /// The four bytes of the key; the one for the next byte of the payload is the lowest.
  package private(set) var key: UInt32

  /// - Parameter wireOrder: The key as a number whose most significant byte is the first on the wire.
  package init(wireOrder: UInt32) {
    key = wireOrder.byteSwapped
  }

  /// Takes the next byte of a key from the wire; four of them replace the key.
  package mutating func append(keyByte byte: UInt8) {
    key = key &>> 8 | UInt32(byte) &<< 24
  }

  /// Appends `source` with the mask applied, eight bytes at a time, and turns the key on.
  package mutating func append(_ source: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    precondition(source.count <= output.freeCapacity, "there must be room for the payload")
    unsafe source.withUnsafeBytes { source in
      unsafe output.withUnsafeMutableBufferPointer { target, count in
        if let from = source.baseAddress, let base = target.baseAddress {
          unsafe Self.apply(key, from: from, to: UnsafeMutableRawPointer(base + count), count: source.count)
          count &+= source.count
        }
      }
    }
    turn(by: source.count)
  }

  /// The plain form of ``append(_:to:)``, which must agree with it.
  package mutating func appendByteWise(_ source: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
    for index in source.indices {
      output.append(source[index] ^ UInt8(truncatingIfNeeded: key))
      turn(by: 1)
    }
  }

  private mutating func turn(by count: Int) {
    let bits = UInt32(truncatingIfNeeded: count & 3) &* 8
    key = key &>> bits | key &<< ((32 &- bits) & 31)
  }

  @unsafe
  private static func apply(
    _ key: UInt32, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int
  ) {
    let wide = (UInt64(key) | UInt64(key) &<< 32).littleEndian
    var index = 0
    while index &+ 8 <= count {
      let word = unsafe source.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      unsafe target.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
      index &+= 8
    }
    var rest = key
    while index < count {
      let byte = unsafe source.load(fromByteOffset: index, as: UInt8.self)
      unsafe target.storeBytes(of: byte ^ UInt8(truncatingIfNeeded: rest), toByteOffset: index, as: UInt8.self)
      rest = rest &>> 8 | rest &<< 24
      index &+= 1
    }
  }
}
