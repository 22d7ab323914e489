import HubTesting
import Testing

@testable import HubServer

@Suite struct SettingsUnitsTests {
  @Test(arguments: [
    ("25", 25_000), ("25s", 25_000), ("5m", 300_000), ("24h", 86_400_000), ("2d", 172_800_000), ("500ms", 500),
    ("5 m", 300_000), ("", nil), ("s", nil), ("-1", nil), ("+1", nil), ("1.5", nil), ("1S", nil), ("5m3s", nil),
    (" 5", nil), ("٣", nil), ("9223372036854775807", nil), ("99999999999999999999", nil),
  ])
  func `times are numbers with a unit`(text: String, milliseconds: Int?) {
    #expect(SettingsUnits.duration(text) == milliseconds.map { .milliseconds($0) })
  }

  @Test(arguments: [
    ("1048576", 1 << 20), ("1MiB", 1 << 20), ("64KiB", 64 << 10), ("1MB", 1_000_000), ("1 GB", 1_000_000_000),
    ("1kB", 1_000), ("1KB", 1_000), ("2TiB", 2 << 40), ("7B", 7), ("1mib", nil), ("1M", nil), ("", nil), ("-1", nil),
    ("9000000000GiB", nil),
  ])
  func `sizes are numbers with a unit`(text: String, bytes: Int?) {
    #expect(SettingsUnits.bytes(text) == bytes)
  }

  @Test func `what is shown is read back as the same`() {
    var random = SeededRandom(seed: 9)
    for _ in 0..<1_000 {
      let number = Int.random(in: 0...(1 << Int.random(in: 0...40, using: &random)), using: &random)
      #expect(SettingsUnits.bytes(SettingsUnits.text(bytes: number)) == number)
      let time = Duration.milliseconds(number)
      #expect(SettingsUnits.duration(SettingsUnits.text(duration: time)) == time)
    }
  }
}
