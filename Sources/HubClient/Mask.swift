/// Keys that cannot be foreseen (RFC 6455 section 5.3).
enum Mask {
  static func random() -> UInt32 { UInt32.random(in: .min ... .max) }
}
