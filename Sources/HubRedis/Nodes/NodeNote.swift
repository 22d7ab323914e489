/// A question or an answer as it travels between nodes: a letter, its number, who sends it, and the content.
struct NodeNote: Equatable {
  let number: UInt64
  let from: String
  let content: [UInt8]

  init(number: UInt64, from: String, content: [UInt8]) {
    self.number = number
    self.from = from
    self.content = content
  }

  /// Nil for what no node sends.
  init?(_ message: [UInt8]) {
    let parts = message.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, let number = UInt64(String(decoding: parts[1], as: UTF8.self)) else { return nil }
    self.init(number: number, from: String(decoding: parts[2], as: UTF8.self), content: Array(parts[3]))
  }

  func message(_ letter: Character) -> [UInt8] { Array("\(letter) \(number) \(from) ".utf8) + content }
}
