/// The chunked transfer coding (RFC 9112 section 7.1), for bodies that are made while they are sent.
package enum HTTPChunk {
  /// What ends a chunked body: the empty chunk, and no trailers.
  package static let last: [UInt8] = Array("0\r\n\r\n".utf8)

  /// One chunk, in one allocation. Nothing for no data, because an empty chunk would end the body.
  package static func encode(_ data: [UInt8]) -> [UInt8] {
    guard !data.isEmpty else { return [] }
    return [UInt8](capacity: data.count + 20) { output in
      var shift = (Int.bitWidth - 1 - data.count.leadingZeroBitCount) / 4 * 4
      while shift >= 0 {
        output.append(PercentEncoding.digit(UInt8(truncatingIfNeeded: data.count >> shift) & 15))
        shift -= 4
      }
      output.writeText("\r\n")
      output.writeBytes(data.span)
      output.writeText("\r\n")
    }
  }
}
