import HubTesting
import HubWire

/// The source of a value in Lua by chance, and what a server makes of it in either version of the protocol.
struct RandomLua {
  var source: String
  /// In version 2.
  var old: RESPValue
  /// In version 3.
  var new: RESPValue

  init(using dice: inout SeededRandom, depth: Int = 4) {
    self = depth > 0 && dice.once(in: 2) ? Self.nested(&dice, depth - 1) : Self.single(&dice)
  }

  private init(_ source: String, _ value: RESPValue) {
    self.init(source, value, value)
  }

  private init(_ source: String, _ old: RESPValue, _ new: RESPValue) {
    self.source = source
    self.old = old
    self.new = new
  }

  private static func nested(_ dice: inout SeededRandom, _ depth: Int) -> RandomLua {
    if dice.once(in: 4) {
      // Of one pair: the order of more would be the server's own.
      let key = bytes(&dice)
      let value = RandomLua(using: &dice, depth: depth)
      return RandomLua(
        "{map={[\(literal(key))]=\(value.source)}}", .array([.bulk(key), value.old]), .map([.bulk(key), value.new]))
    }
    if dice.once(in: 6) {
      let key = bytes(&dice)
      return RandomLua("{set={[\(literal(key))]=true}}", .array([.bulk(key)]), .set([.bulk(key)]))
    }
    let elements = (0..<dice.number(in: 0...5)).map { _ in RandomLua(using: &dice, depth: depth) }
    let source = elements.map(\.source).joined(separator: ",")
    return RandomLua("{\(source)}", .array(elements.map(\.old)), .array(elements.map(\.new)))
  }

  private static func single(_ dice: inout SeededRandom) -> RandomLua {
    switch dice.number(in: 0..<9) {
    case 0: return RandomLua("true", .integer(1))
    case 1: return RandomLua("false", .null)
    case 2: return RandomLua("{ok='FINE so far'}", .simple("FINE so far"))
    case 3: return RandomLua("{err='ERR not so fine'}", .error("ERR not so fine"))
    case 4:
      let (source, number) = [("1.5", 1.5), ("-0.25", -0.25), ("1/0", .infinity)].randomElement(using: &dice)!
      let digits = number.isInfinite ? "inf" : "\(number)"
      return RandomLua("{double=\(source)}", .bulk(Array(digits.utf8)), .double(number))
    case 5:
      let digits = "-3492890328409238509324850943850943825024385"
      return RandomLua("{big_number='\(digits)'}", .bulk(Array(digits.utf8)), .bigNumber(digits))
    case 6:
      let text = bytes(&dice)
      return RandomLua("{verbatim_string={format='txt',string=\(literal(text))}}", .bulk(text))
    case 7:
      // What a number in Lua can hold.
      let number = [0, -1, 1 << 53, -(1 << 53), dice.number(in: -1_000_000...1_000_000)].randomElement(using: &dice)!
      return RandomLua("\(number)", .integer(Int64(number)))
    default:
      let text = bytes(&dice)
      return RandomLua(literal(text), .bulk(text))
    }
  }

  private static func bytes(_ dice: inout SeededRandom) -> [UInt8] {
    (0..<dice.number(in: 0...30)).map { _ in
      dice.once(in: 4) ? [13, 10, 0].randomElement(using: &dice)! : UInt8(dice.next() & 0xFF)
    }
  }

  private static func literal(_ bytes: [UInt8]) -> String {
    let digits = bytes.map { byte in "\\\(String(repeating: "0", count: 3 - "\(byte)".count))\(byte)" }
    return "'\(digits.joined())'"
  }
}
