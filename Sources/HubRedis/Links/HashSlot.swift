/// Where a key lives in a Redis Cluster: CRC-16 (XMODEM) of what stands in its braces, by 16,384 ("Redis cluster
/// specification", "Key distribution model").
enum HashSlot {
  static let count = 16_384

  static func of(_ key: String) -> Int {
    var bytes = Array(key.utf8)[...]
    if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
      let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
    {
      bytes = bytes[(open + 1)..<close]
    }
    var crc: UInt16 = 0
    for byte in bytes {
      crc ^= UInt16(byte) << 8
      for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
    return Int(crc) % count
  }
}
