/// First in, first out, over one array: O(1) at both ends, amortised; indices count from the oldest element.
package struct Queue<Element> {
  private var storage: ContiguousArray<Element?> = []
  private var head = 0

  package init() {}

  package var count: Int { storage.count - head }
  package var isEmpty: Bool { count == 0 }
  package var first: Element? { isEmpty ? nil : storage[head] }

  package subscript(index: Int) -> Element {
    guard let element = storage[head + index] else { preconditionFailure("index \(index) is out of range") }
    return element
  }

  package mutating func append(_ element: Element) {
    storage.append(element)
  }

  package mutating func removeFirst() {
    storage[head] = nil
    head += 1
    // Moving the rest down costs as much as the removals since the last time.
    if head > 32, head * 2 > storage.count {
      storage.removeFirst(head)
      head = 0
    }
    if head == storage.count { removeAll() }
  }

  package mutating func removeAll() {
    storage = []
    head = 0
  }

  package mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    storage = ContiguousArray(storage[head...].filter { $0.map { !isUnwanted($0) } ?? false })
    head = 0
  }
}
