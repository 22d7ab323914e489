/// One word of a command. Literals stand for themselves.
package enum RESPArgument: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case text(String)
  case bytes([UInt8])
  case number(Int)

  package init(stringLiteral text: String) { self = .text(text) }
  package init(integerLiteral number: Int) { self = .number(number) }

  /// How many bytes it has.
  var count: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .number(let number): JSONDecimal.count(UInt64(number.magnitude)) + (number < 0 ? 1 : 0)
    }
  }
}
