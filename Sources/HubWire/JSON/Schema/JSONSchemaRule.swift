/// One schema of the schemas that stand in one another.
struct JSONSchemaRule: Sendable, Hashable {
  /// What `type` may name.
  enum Kind: String, Sendable, Hashable, CaseIterable {
    case null, boolean, object, array, number, string, integer

    var phrase: String {
      switch self {
      case .null: "null"
      case .boolean: "true or false"
      case .object: "an object"
      case .array: "an array"
      case .number: "a number"
      case .string: "a string"
      case .integer: "a whole number"
      }
    }
  }

  /// Nothing fits the schema `false`.
  var refusesAll = false
  /// Empty where every type fits.
  var kinds: [Kind] = []
  /// The values of `enum` or `const`, and how they are shown; nil where there is no choice.
  var choice: Choice?
  var properties: [String: JSONSchemaRule] = [:]
  var required: [String] = []
  /// What holds for members that are not in `properties`: none or one.
  var others: [JSONSchemaRule] = []
  /// What holds for each element: none or one.
  var items: [JSONSchemaRule] = []
  var number = Bounds<JSONNumber>()
  var length = Bounds<Int>()
  var elements = Bounds<Int>()
  var members = Bounds<Int>()

  struct Choice: Sendable, Hashable {
    var values: Set<JSONTree>
    /// Of which kinds they are: what is of another is not taken apart.
    var kinds: Set<JSONKind>
    var shown: String
  }

  /// Up to four limits, each with its text for errors.
  struct Bounds<Value: Comparable & Hashable & Sendable>: Sendable, Hashable {
    struct Limit: Sendable, Hashable {
      var value: Value
      var shown: String
    }
    var least: Limit?
    var most: Limit?
    var above: Limit?
    var below: Limit?

    var isEmpty: Bool { least == nil && most == nil && above == nil && below == nil }

    /// What is asked for where the value does not fit; nil where it does.
    func complaint(_ value: Value) -> String? {
      if let least, value < least.value { return "the least is \(least.shown)" }
      if let most, value > most.value { return "the most is \(most.shown)" }
      if let above, value <= above.value { return "it must be more than \(above.shown)" }
      if let below, value >= below.value { return "it must be less than \(below.shown)" }
      return nil
    }
  }
}
