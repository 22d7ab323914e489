import HubTesting
import HubWire

/// Commands by chance, on a few keys: now and then of the wrong kind, or none at all.
struct RandomCommands {
  var dice: SeededRandom

  init(seed: UInt64) {
    dice = SeededRandom(seed: seed)
  }

  mutating func next() -> [[UInt8]] {
    let words: [[UInt8]] =
      switch dice.number(in: 0..<8) {
      case 0: strings()
      case 1: lists()
      case 2: hashes()
      case 3: sets()
      case 4: sorted()
      case 5: streams()
      case 6: words("EVAL", "return \(RandomLua(using: &dice).source)", "0")
      default: others()
      }
    return words
  }

  private mutating func strings() -> [[UInt8]] {
    switch dice.number(in: 0..<6) {
    case 0: words("SET", key()) + [value()]
    case 1: words("SET", key()) + [value()] + words("NX", "GET")
    case 2: words("APPEND", key()) + [value()]
    case 3: words("INCRBY", key(), number())
    case 4: words("MGET", key(), key(), key())
    default: words("GET", key())
    }
  }

  private mutating func lists() -> [[UInt8]] {
    switch dice.number(in: 0..<3) {
    case 0: words("RPUSH", key()) + [value(), value()]
    case 1: words("LPOP", key(), "2")
    default: words("LRANGE", key(), "0", number())
    }
  }

  private mutating func hashes() -> [[UInt8]] {
    switch dice.number(in: 0..<4) {
    case 0: words("HSET", key()) + [value(), value()]
    case 1: words("HINCRBYFLOAT", key(), "a", "0.5")
    case 2: words("HRANDFIELD", key(), "0", "WITHVALUES")
    default: words("HGETALL", key())
    }
  }

  private mutating func sets() -> [[UInt8]] {
    switch dice.number(in: 0..<3) {
    case 0: words("SADD", key()) + [value(), value()]
    case 1: words("SMISMEMBER", key(), "a") + [value()]
    default: words("SMEMBERS", key())
    }
  }

  private mutating func sorted() -> [[UInt8]] {
    switch dice.number(in: 0..<5) {
    case 0: words("ZADD", key(), "\(number()).25") + [value()]
    case 1: words("ZADD", key(), "-inf", "a", "1e15", "b")
    case 2: words("ZSCORE", key(), "a")
    case 3: words("ZPOPMAX", key(), "2")
    default: words("ZRANGE", key(), "0", "-1", "WITHSCORES")
    }
  }

  private mutating func streams() -> [[UInt8]] {
    switch dice.number(in: 0..<4) {
    case 0: words("XADD", key(), "1-\(dice.number(in: 1...9))") + [value(), value()]
    case 1: words("XREAD", "COUNT", "2", "STREAMS", "key-1", key(from: 2), "0", "1-2")
    case 2: words("XINFO", "STREAM", key())
    default: words("XRANGE", key(), "-", "+")
    }
  }

  private mutating func others() -> [[UInt8]] {
    switch dice.number(in: 0..<8) {
    case 0: words("DEL", key(), key())
    case 1: words("TYPE", key())
    case 2: words("MULTI")
    case 3: words("EXEC")
    case 4: words("COMMAND", "INFO", "get", "no-such-command")
    case 5: words("COMMAND", "DOCS", "eval")
    case 6: words("EVALSHA", "ffffffffffffffffffffffffffffffffffffffff", "0")
    default:
      words(
        "DEBUG", "PROTOCOL",
        ["double", "null", "set", "map", "verbatim", "bignum", "true", "false"].randomElement(using: &dice)!)
    }
  }

  private func words(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private mutating func key(from first: Int = 0) -> String { "key-\(dice.number(in: first..<6))" }

  private mutating func number() -> String { "\(dice.number(in: -3...1_000))" }

  private mutating func value() -> [UInt8] {
    let longest = dice.once(in: 20) ? 5_000 : 12
    return (0..<dice.number(in: 0...longest)).map { _ in UInt8(dice.next() & 0xFF) }
  }
}
