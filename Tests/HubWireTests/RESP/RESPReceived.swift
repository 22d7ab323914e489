import HubWire

/// What a parser made of some bytes: the values, and the error that ended them.
struct RESPReceived: Equatable {
  var values: [RESPValue] = []
  var error: RESPError?
  var isBetweenValues = true

  /// - Parameter drains: Whether values are asked for behind each piece, and not only behind the last one.
  init(_ pieces: [[UInt8]], limits: RESPLimits = RESPLimits(), drains: Bool = true) {
    var parser = RESPParser(limits: limits)
    do throws(RESPError) {
      for (index, piece) in pieces.enumerated() {
        parser.receive(piece.span)
        guard drains || index == pieces.count - 1 else { continue }
        while let value = try parser.next() { values.append(value) }
      }
    } catch {
      self.error = error
    }
    isBetweenValues = parser.isBetweenValues
  }

  init(_ text: String, limits: RESPLimits = RESPLimits()) {
    self.init([Array(text.utf8)], limits: limits)
  }
}
