import Glibc

/// Writes the parts of a message into an array that was reserved as a whole.
extension OutputSpan<UInt8> {
  /// The most bytes that ``writeStatusLine(_:)``, ``writeContentLength(_:)``, a `Connection: close`, a
  /// `Transfer-Encoding: chunked` and the end of the head take together.
  static var framingCapacity: Int { 160 }

  /// The most bytes that ``writeFields(_:without:)`` takes.
  static func capacity(for fields: HTTPFields) -> Int { fields.bytes.count + 4 * fields.count }

  /// The most bytes that ``writeField(_:_:)`` takes.
  static func capacity(for name: StaticString, _ value: String) -> Int {
    name.utf8CodeUnitCount + value.utf8.count + 4
  }

  mutating func writeStatusLine(_ status: Int) {
    writeText("HTTP/1.1 ")
    writeDecimal(status)
    writeText(" ")
    writeBytes(HTTPStatus.reason(for: status).utf8.span)
    writeText("\r\n")
  }

  mutating func writeContentLength(_ count: Int) {
    writeText("Content-Length: ")
    writeDecimal(count)
    writeText("\r\n")
  }

  /// A control character in the value becomes a space, so that no value can begin another line.
  mutating func writeField(_ name: StaticString, _ value: String) {
    writeText(name)
    writeText(": ")
    let bytes = value.utf8.span
    if HTTPBytes.isValue(bytes) {
      writeBytes(bytes)
    } else {
      for index in bytes.indices { append(HTTPBytes.isValueByte(bytes[index]) ? bytes[index] : HTTPBytes.space) }
    }
    writeText("\r\n")
  }

  mutating func writeFields(_ fields: HTTPFields, without framing: HTTPFraming) {
    let bytes = fields.bytes.span
    for entry in fields.entries where !framing.contains(bytes.extracting(entry.name)) {
      writeBytes(bytes.extracting(entry.name))
      writeText(": ")
      writeBytes(bytes.extracting(entry.value))
      writeText("\r\n")
    }
  }

  /// The digits of a number that is not negative.
  mutating func writeDecimal(_ number: Int) {
    var scale = 1
    while number / scale >= 10 { scale *= 10 }
    while scale > 0 {
      append(UInt8(ascii: "0") + UInt8(number / scale % 10))
      scale /= 10
    }
  }

  mutating func writeText(_ text: StaticString) {
    unsafe writeBytes(from: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  mutating func writeBytes(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { unsafe writeBytes(from: start, count: source.count) }
    }
  }

  @inline(__always)
  private mutating func writeBytes(from source: UnsafePointer<UInt8>, count: Int) {
    precondition(freeCapacity >= count)
    unsafe withUnsafeMutableBufferPointer { buffer, filled in
      if let start = buffer.baseAddress { unsafe memcpy(start + filled, source, count) }
      filled += count
    }
  }
}
