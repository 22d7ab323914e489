import Testing

@testable import HubRedis

@Suite struct HashSlotTests {
  /// From the Redis cluster specification, and from `CLUSTER KEYSLOT`.
  @Test(arguments: [
    ("123456789", 12_739), ("foo", 12_182), ("bar", 5_061), ("hello", 866), ("", 0), ("{user1000}.following", 3_443),
  ])
  func `slots are those of Redis`(key: String, slot: Int) {
    #expect(HashSlot.of(key) == slot)
  }

  @Test func `only what stands in the first braces counts, if anything does`() {
    #expect(HashSlot.of("a:{room}:events") == HashSlot.of("{room}"))
    #expect(HashSlot.of("{room}") == HashSlot.of("room"))
    #expect(HashSlot.of("foo{{bar}}zap") == HashSlot.of("{bar"))
    #expect(HashSlot.of("foo{bar}{zap}") == HashSlot.of("bar"))
    #expect(HashSlot.of("foo{}{bar}") != HashSlot.of("bar"))
  }
}
