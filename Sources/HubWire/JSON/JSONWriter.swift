/// Appends a JSON text piece by piece to one array of bytes, and sets the commas itself.
///
/// For answers that are made rarely. The frame of an event is written by ``ServerMessage`` in one allocation.
///
/// It does not check that what is opened is closed: the tests of its users do, with the scanner.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8]
  /// A value stands before, in the same object or array.
  private var needsComma = false

  package init(capacity: Int = 128) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// A member's name that is known when the hub is compiled and needs no escapes; its value comes next.
  package mutating func key(_ name: StaticString) {
    bytes.append(addingCapacity: name.utf8CodeUnitCount + 4) { output in
      if needsComma { output.put(",") }
      output.put("\"")
      output.put(name)
      output.put("\":")
    }
    needsComma = false
  }

  /// Any other member's name.
  @_disfavoredOverload
  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func string(_ text: String) { string(text.utf8.span) }

  /// A string that is given as UTF-8.
  package mutating func string(_ text: Span<UInt8>) {
    separate()
    bytes.append(addingCapacity: JSONEscape.count(text) + 2) { output in
      output.put("\"")
      output.put(escaping: text)
      output.put("\"")
    }
  }

  package mutating func integer(_ number: Int) { integer(Int64(number)) }

  package mutating func integer(_ number: Int64) {
    separate()
    bytes.append(addingCapacity: 20) { $0.put(decimal: number) }
  }

  package mutating func integer(_ number: UInt64) {
    separate()
    bytes.append(addingCapacity: 20) { $0.put(decimal: number) }
  }

  package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  package mutating func null() { literal("null") }

  package mutating func position(_ position: Position) {
    separate()
    bytes.append(addingCapacity: position.epoch.utf8.count + 23) { $0.put(position) }
  }

  /// A value that is valid JSON already.
  package mutating func raw(_ value: Span<UInt8>) {
    separate()
    bytes.append(addingCapacity: value.count) { $0.put(value) }
  }

  package mutating func raw(_ value: [UInt8]) { raw(value.span) }
  package mutating func raw(_ value: ArraySlice<UInt8>) { raw(value.span) }

  private mutating func literal(_ text: StaticString) {
    separate()
    bytes.append(addingCapacity: text.utf8CodeUnitCount) { $0.put(text) }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }
}
