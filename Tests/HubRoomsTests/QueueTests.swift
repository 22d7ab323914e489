import HubTesting
import Testing

@testable import HubRooms

@Suite struct QueueTests {
  private static func elements(_ queue: Queue<Int>) -> [Int] { (0..<queue.count).map { queue[$0] } }

  @Test func `it holds what an array would hold`() {
    for seed in Seeds.run(50) {
      var random = SeededRandom(seed: seed)
      var queue = Queue<Int>()
      var model: [Int] = []
      for step in 0..<1000 {
        switch random.number(in: 0..<20) {
        case 0:
          queue.removeAll { $0 % 3 == 0 }
          model.removeAll { $0 % 3 == 0 }
        case 1 where random.once(in: 10):
          queue.removeAll()
          model.removeAll()
        case 2...(step < 500 ? 13 : 7):
          queue.append(step)
          model.append(step)
        case _ where !model.isEmpty:
          queue.removeFirst()
          model.removeFirst()
        default: break
        }
        #expect(queue.count == model.count && queue.isEmpty == model.isEmpty && queue.first == model.first)
      }
      #expect(Self.elements(queue) == model, "ROOMCAST_SEED=\(seed)")
    }
  }
}
