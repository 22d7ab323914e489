/// A name for one publish, by which the hub knows it again.
enum RandomKey {
  /// 128 random bits in hexadecimal.
  static func random() -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bits = UInt64.random(in: .min ... .max)
    var text: [UInt8] = []
    for index in 0..<32 {
      if index == 16 { bits = UInt64.random(in: .min ... .max) }
      text.append(digits[Int(bits & 15)])
      bits >>= 4
    }
    return String(decoding: text, as: UTF8.self)
  }
}
