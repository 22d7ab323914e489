import HubTesting

/// Makes JSON texts of every kind from a seed: the same seed, the same texts.
struct RandomJSON {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func below(_ bound: Int) -> Int { random.number(in: 0..<bound) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// One JSON text with whitespace where it may stand.
  mutating func text(depth: Int = 5) -> String { space() + value(depth) + space() }

  private mutating func value(_ depth: Int) -> String {
    switch below(depth > 0 ? 8 : 5) {
    case 0: pick(["true", "false", "null"])
    case 1, 2: number()
    case 3, 4: string()
    case 5: "[" + list(depth) { random in random.space() + random.value(depth - 1) + random.space() } + "]"
    default:
      "{"
        + list(depth) { random in
          random.space() + random.string() + random.space() + ":" + random.space() + random.value(depth - 1)
            + random.space()
        } + "}"
    }
  }

  private mutating func list(_ depth: Int, _ element: (inout RandomJSON) -> String) -> String {
    let count = below(5)
    if count == 0 { return space() }
    return (0..<count).map { _ in element(&self) }.joined(separator: ",")
  }

  private mutating func number() -> String {
    let sign = pick(["", "-"])
    let whole = pick(["0", "7", "10", "1042", "9007199254740993"])
    let fraction = pick(["", "", ".0", ".25", ".000"])
    let exponent = pick(["", "", "e1", "E+2", "e-3", "e0"])
    return sign + whole + fraction + exponent
  }

  private mutating func string() -> String {
    let pieces = [
      "a", "room", "some longer text in here", "\\\"", "\\\\", "\\/", "\\b\\f\\n\\r\\t", "\\u00e9", "\\uD83D\\uDE00",
      "é", "日本語", "😀", "{", "]", ":", ",", " ", "\u{7F}", "\u{2028}",
    ]
    return "\"" + (0..<below(6)).map { _ in pick(pieces) }.joined() + "\""
  }

  private mutating func space() -> String { pick(["", "", "", " ", "\n", "\t", "\r\n", "   "]) }

  /// The text with one to three bytes changed, taken out, put in or doubled.
  mutating func mutate(_ text: [UInt8]) -> [UInt8] {
    var text = text
    let bytes =
      Array("{}[]\":,0123456789.eE+-truefalsnl \\/u\n\t\r\u{1}\u{7F}".utf8) + [0x80, 0xC3, 0xED, 0xA0, 0xFF, 0xF0]
    for _ in 0...below(3) {
      let place = below(text.count + 1)
      switch below(4) {
      case 0 where place < text.count: text[place] = pick(bytes)
      case 1 where place < text.count: text.remove(at: place)
      case 2: text.insert(pick(bytes), at: place)
      default: text.removeSubrange(place...)
      }
      if text.isEmpty { break }
    }
    return text
  }
}
