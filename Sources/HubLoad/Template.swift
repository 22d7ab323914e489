import Glibc

/// A text with placeholders, cut into pieces once so that filling it in is a few copies.
///
/// `%t` time, `%s` sequence number, `%r` room, `%i` connection, `%p` padding, `%%` a percent sign.
struct Template {
  struct Values {
    var time: UInt64 = 0
    var sequence: UInt64 = 0
    var room: UInt64 = 0
    var connection: UInt64 = 0
    var padding = 0
  }

  private enum Kind: UInt8 {
    case literal, time, sequence, room, connection, padding

    init?(letter: UInt8) {
      switch letter {
      case UInt8(ascii: "t"): self = .time
      case UInt8(ascii: "s"): self = .sequence
      case UInt8(ascii: "r"): self = .room
      case UInt8(ascii: "i"): self = .connection
      case UInt8(ascii: "p"): self = .padding
      default: return nil
      }
    }
  }

  private struct Piece {
    var kind: Kind
    var text: UnsafeMutablePointer<UInt8>?
    var count = 0
  }

  /// What one number takes at most.
  private static let numberWidth = 20

  private let pieces: UnsafeMutableBufferPointer<Piece>
  private(set) var literalCount = 0

  /// Whoever makes one calls `free` in the end.
  init(_ source: String) {
    var found: [Piece] = []
    var literal: [UInt8] = []
    func endLiteral() {
      guard !literal.isEmpty else { return }
      let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: literal.count)
      _ = text.initialize(from: literal)
      found.append(Piece(kind: .literal, text: text.baseAddress, count: literal.count))
      literal = []
    }
    var bytes = source.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%"), let letter = bytes.next() else {
        literal.append(byte)
        continue
      }
      if let kind = Kind(letter: letter) {
        endLiteral()
        found.append(Piece(kind: kind))
      } else {
        literal.append(byte)
        if letter != byte { literal.append(letter) }
      }
    }
    endLiteral()
    pieces = .allocate(capacity: found.count)
    _ = pieces.initialize(from: found)
    literalCount = found.reduce(0) { $0 + $1.count }
  }

  func free() {
    for piece in pieces { piece.text?.deallocate() }
    pieces.deallocate()
  }

  /// The literal right before the time, by which the time is found in what arrives.
  var textBeforeTime: String? {
    guard let index = pieces.firstIndex(where: { $0.kind == .time }), index > 0,
      let text = pieces[index - 1].text
    else { return nil }
    return String(decoding: UnsafeBufferPointer(start: text, count: pieces[index - 1].count), as: UTF8.self)
  }

  /// The most bytes that `write` writes for such values.
  func bound(padding: Int = 0) -> Int { literalCount + pieces.count * (Self.numberWidth + padding) }

  /// How long the text becomes without its padding.
  func unpaddedLength(_ values: Values) -> Int {
    var length = literalCount
    for piece in pieces {
      switch piece.kind {
      case .literal, .padding: break
      case .time: length += digits(of: values.time)
      case .sequence: length += digits(of: values.sequence)
      case .room: length += digits(of: values.room)
      case .connection: length += digits(of: values.connection)
      }
    }
    return length
  }

  /// Writes the text with its values to `out` and returns its length.
  func write(_ values: Values, to out: UnsafeMutablePointer<UInt8>) -> Int {
    var at = out
    for piece in pieces {
      switch piece.kind {
      case .literal: at = writeBytes(piece.text!, piece.count, to: at)
      case .time: at = writeDecimal(values.time, to: at)
      case .sequence: at = writeDecimal(values.sequence, to: at)
      case .room: at = writeDecimal(values.room, to: at)
      case .connection: at = writeDecimal(values.connection, to: at)
      case .padding:
        memset(at, Int32(UInt8(ascii: "x")), values.padding)
        at += values.padding
      }
    }
    return at - out
  }

  func text(_ values: Values) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bound(padding: values.padding)) { buffer in
      let count = write(values, to: buffer.baseAddress!)
      return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }
}

@inline(__always)
func writeBytes(
  _ bytes: UnsafePointer<UInt8>, _ count: Int, to out: UnsafeMutablePointer<UInt8>
) -> UnsafeMutablePointer<UInt8> {
  memcpy(out, bytes, count)
  return out + count
}

/// How many decimal digits a number has.
func digits(of value: UInt64) -> Int {
  var rest = value
  var count = 1
  while rest >= 10 {
    rest /= 10
    count += 1
  }
  return count
}

/// Writes a number in decimal and returns the place after it.
func writeDecimal(_ value: UInt64, to out: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
  let end = out + digits(of: value)
  var rest = value
  var at = end
  repeat {
    at -= 1
    at.pointee = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
    rest /= 10
  } while at > out
  return end
}
