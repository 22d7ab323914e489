import HubWire

/// One line of a stream as it is sent, however often. A pure value.
struct StreamLine: Sendable {
  /// Counted from 1.
  let number: Int
  /// With an idempotency key and its line break.
  let bytes: [UInt8]
  /// How many results the hub gives for it: one for each of its rooms.
  let results: Int

  /// - Parameters:
  ///   - envelope: what the caller gave. Without an idempotency key it gets one; what is no envelope is left as it is,
  ///     for the hub to say what is wrong with it.
  ///   - key: the key it gets.
  /// - Returns: nil for a blank line, which the hub passes over.
  init?(_ envelope: [UInt8], number: Int, key: @autoclosure () -> String) {
    if envelope.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }) { return nil }
    // In JSON a line break can only stand between tokens, where a space says the same.
    var line =
      envelope.contains(UInt8(ascii: "\n"))
      ? envelope.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 } : envelope
    self.number = number
    do throws(EnvelopeError) {
      let parsed = try Envelope.parse(line)
      results = parsed.rooms.count
      if parsed.id == nil { line = Self.add(key(), to: line) }
    } catch {
      results = max(1, error.rooms.count)
    }
    line.append(UInt8(ascii: "\n"))
    bytes = line
  }

  /// A member `id` that is there is `null`, and must not stand there twice.
  private static func add(_ key: String, to envelope: [UInt8]) -> [UInt8] {
    guard let object = try? JSONObject(parsing: envelope, maximumDepth: JSONScanner.maximumDepth + 1),
      let start = envelope.firstIndex(of: UInt8(ascii: "{"))
    else { return envelope }
    var line: [UInt8] = []
    line.reserveCapacity(envelope.count + key.utf8.count + 16)
    if let null = try? object.value("id") {
      line += envelope[..<null.range.lowerBound]
      line += Array("\"\(key)\"".utf8)
      line += envelope[null.range.upperBound...]
    } else {
      line += envelope[...start]
      line += Array("\"id\":\"\(key)\",".utf8)
      line += envelope[(start + 1)...]
    }
    return line
  }

  /// Whether these are all its results. A line that is too long for the hub was not read, and has one, whatever rooms it
  /// names.
  func isAnswered(by results: [ResultLine]) -> Bool {
    if case .refusedLine? = results.first { return true }
    return results.count == self.results
  }
}
