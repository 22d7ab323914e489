import HubTesting
import HubWire

/// Values by chance, and the bytes by which a server says them.
struct RandomRESP {
  var dice: SeededRandom

  init(seed: UInt64) {
    dice = SeededRandom(seed: seed)
  }

  mutating func bytes(upTo longest: Int = 40) -> [UInt8] {
    let count = dice.number(in: 0...longest)
    // Line ends inside must not be taken for the end.
    return (0..<count).map { _ in dice.once(in: 5) ? [13, 10].randomElement(using: &dice)! : UInt8(dice.next() & 0xFF) }
  }

  /// - Parameter depth: How many aggregates it may stand in, itself not counted.
  mutating func value(depth: Int = 3, isInside: Bool = false) -> RESPValue {
    guard depth > 0, dice.once(in: 2) else { return single() }
    let elements = { (dice: inout Self, count: Int) in
      (0..<count).map { _ in dice.value(depth: depth - 1, isInside: true) }
    }
    let count = dice.number(in: 0...4)
    switch dice.number(in: 0..<(isInside ? 4 : 5)) {
    case 0, 1: return .array(elements(&self, count))
    case 2: return .set(elements(&self, count))
    case 3: return .map(elements(&self, 2 * count))
    default: return .push(elements(&self, count))
    }
  }

  private mutating func single() -> RESPValue {
    switch dice.number(in: 0..<8) {
    case 0: .simple(["OK", "", "QUEUED", "ein längerer Satz"].randomElement(using: &dice)!)
    case 1: .error(["ERR", "MOVED 3999 127.0.0.1:6381", "WRONGTYPE not that"].randomElement(using: &dice)!)
    case 2: .integer([0, 1, -1, .max, .min, Int64(bitPattern: dice.next())].randomElement(using: &dice)!)
    case 3: .null
    case 4: .boolean(dice.once(in: 2))
    case 5: .double([0, 1.5, -1e300, .infinity, -.infinity, .leastNonzeroMagnitude].randomElement(using: &dice)!)
    case 6: .bigNumber(["0", "-1", "3492890328409238509324850943850943825024385"].randomElement(using: &dice)!)
    default: .bulk(bytes())
    }
  }

  /// The bytes of a value, in one of the ways to say it; attributes may stand before any.
  mutating func encode(_ value: RESPValue) -> [UInt8] {
    let attributes = dice.once(in: 10) ? line("|1") + line("+ttl") + encode(single()) : []
    return attributes + encodeAlone(value)
  }

  private mutating func encodeAlone(_ value: RESPValue) -> [UInt8] {
    switch value {
    case .simple(let text): line("+\(text)")
    case .error(let text): dice.once(in: 2) ? line("-\(text)") : line("!\(text.utf8.count)") + line(text)
    case .integer(let number): line(":\(number >= 0 && dice.once(in: 3) ? "+" : "")\(number)")
    case .bulk(let bytes): bulk(bytes)
    case .null: line(["_", "$-1", "*-1"].randomElement(using: &dice)!)
    case .boolean(let isTrue): line(isTrue ? "#t" : "#f")
    case .double(let number): line(",\(number)")
    case .bigNumber(let digits): line("(\(digits)")
    case .array(let elements): line("*\(elements.count)") + elements.flatMap { encode($0) }
    case .set(let elements): line("~\(elements.count)") + elements.flatMap { encode($0) }
    case .map(let elements): line("%\(elements.count / 2)") + elements.flatMap { encode($0) }
    case .push(let elements): line(">\(elements.count)") + elements.flatMap { encode($0) }
    }
  }

  private mutating func bulk(_ bytes: [UInt8]) -> [UInt8] {
    let isVerbatim = dice.once(in: 4)
    let prefix = isVerbatim ? Array("txt:".utf8) : []
    return line("\(isVerbatim ? "=" : "$")\(prefix.count + bytes.count)") + prefix + bytes + line("")
  }

  private func line(_ text: String) -> [UInt8] { Array("\(text)\r\n".utf8) }

  /// The bytes in pieces of any size.
  mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(dice.number(in: 1...max(1, rest.count / 2)))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }
}
