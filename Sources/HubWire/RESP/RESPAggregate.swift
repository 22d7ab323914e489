/// An array or another value that has elements, of which some are still to come.
struct RESPAggregate: Sendable {
  enum Kind { case array, set, map, push, attributes }

  let kind: Kind
  /// How many elements are still to come.
  private(set) var missing: Int
  private var elements: [RESPValue] = []

  /// - Parameter room: How many elements to make room for at once.
  init(_ kind: Kind, count: Int, room: Int) {
    self.kind = kind
    missing = count
    if kind != .attributes { elements.reserveCapacity(min(count, room)) }
  }

  /// - Returns: Whether that was the last one.
  mutating func add(_ value: RESPValue) -> Bool {
    if kind != .attributes { elements.append(value) }
    missing &-= 1
    return missing == 0
  }

  /// The whole of it; nil for attributes, which say something about the value behind them that nobody here asks for.
  var value: RESPValue? {
    switch kind {
    case .array: .array(elements)
    case .set: .set(elements)
    case .map: .map(elements)
    case .push: .push(elements)
    case .attributes: nil
    }
  }
}
