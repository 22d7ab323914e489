/// Counts the bytes of a JSON text before there is a place for it.
package struct JSONCounter: JSONSink {
  package private(set) var count = 0

  package init() {}

  @inline(__always)
  package mutating func put(_ bytes: Span<UInt8>) { count &+= bytes.count }

  @inline(__always)
  package mutating func put(_ text: StaticString) { count &+= text.utf8CodeUnitCount }

  @inline(__always)
  package mutating func put(decimal number: UInt64) { count &+= JSONDecimal.count(number) }

  @inline(__always)
  package mutating func put(escaping text: Span<UInt8>) { count &+= JSONEscape.count(text) }
}
