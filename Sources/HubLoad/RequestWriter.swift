import Glibc

/// Writes publish requests.
struct RequestWriter {
  let body: Template
  private let head: Template
  private let payload: Int

  init(_ options: LoadOptions) {
    body = Template(options.body)
    payload = options.payload
    var text = "POST \(options.publishURL) HTTP/1.1\r\nHost: \(options.hostField(options.publishPort))\r\n"
    for header in options.publishHeaders { text += header + "\r\n" }
    if !options.publishHeaders.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
      text += "Content-Type: application/json\r\n"
    }
    head = Template(text + "Content-Length: ")
  }

  func free() {
    head.free()
    body.free()
  }

  /// Appends a request whose body is padded to the payload's length.
  func write(_ values: Template.Values, to output: inout ByteQueue) {
    var values = values
    let unpadded = body.unpaddedLength(values)
    values.padding = max(0, payload - unpadded)
    output.append(most: head.bound() + body.bound(padding: values.padding) + 32) { out in
      var at = out + head.write(values, to: out)
      at = writeDecimal(UInt64(unpadded + values.padding), to: at)
      let blank: StaticString = "\r\n\r\n"
      at = writeBytes(blank.utf8Start, blank.utf8CodeUnitCount, to: at)
      at += body.write(values, to: at)
      return at - out
    }
  }
}
