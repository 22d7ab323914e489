import Glibc

extension OutputSpan<UInt8>: JSONSink {
  @inline(__always)
  package mutating func put(_ bytes: Span<UInt8>) {
    let length = bytes.count
    precondition(freeCapacity >= length)
    unsafe withUnsafeMutableBufferPointer { buffer, filled in
      unsafe bytes.withUnsafeBufferPointer { source in
        guard let from = source.baseAddress, let to = buffer.baseAddress else { return }
        unsafe memcpy(to + filled, from, length)
      }
      filled &+= length
    }
  }

  @inline(__always)
  package mutating func put(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    precondition(freeCapacity >= length)
    unsafe withUnsafeMutableBufferPointer { buffer, filled in
      if let to = buffer.baseAddress { unsafe memcpy(to + filled, text.utf8Start, length) }
      filled &+= length
    }
  }

  @inline(__always)
  package mutating func put(decimal number: UInt64) { JSONDecimal.write(number, to: &self) }

  @inline(__always)
  package mutating func put(escaping text: Span<UInt8>) { JSONEscape.write(text, to: &self) }
}
