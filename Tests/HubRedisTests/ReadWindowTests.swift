import Testing

@testable import HubRedis

@MainActor @Suite struct ReadWindowTests {
  @Test func `what does not fit waits for its turn, and nobody passes it`() async {
    let window = ReadWindow()
    var entered: [String] = []
    await window.enter(6 << 20)
    let large = Task {
      await window.enter(4 << 20)
      entered.append("large")
    }
    await Task.yield()
    let small = Task {
      await window.enter(1)
      entered.append("small")
    }
    for _ in 0..<10 { await Task.yield() }
    #expect(entered.isEmpty)
    window.leave(6 << 20)
    await large.value
    await small.value
    #expect(entered == ["large", "small"])
  }

  @Test func `what is larger than all goes alone`() async {
    let window = ReadWindow()
    await window.enter(100 << 20)
    window.leave(100 << 20)
    await window.enter(1)
    var hasEntered = false
    let large = Task {
      await window.enter(100 << 20)
      hasEntered = true
    }
    for _ in 0..<10 { await Task.yield() }
    #expect(!hasEntered)
    window.leave(1)
    await large.value
  }
}
