/// What an event's data must look like: a part of JSON Schema (draft 2020-12).
///
/// Understood are `type`, `enum`, `const`; `properties`, `required`, `additionalProperties`, `minProperties`,
/// `maxProperties`; `items`, `minItems`, `maxItems`; `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`;
/// `minLength`, `maxLength`. Words that only describe are passed over. Any other is refused, because a rule that is not
/// checked is worse than none.
public struct JSONSchema: Sendable, Hashable {
  /// How deep schemas may stand in one another.
  package static let maximumDepth = 32

  /// The schema as it was given, as JSON on one line.
  package let text: [UInt8]
  private let rule: JSONSchemaRule

  /// - Parameter text: the schema as JSON.
  /// - Throws: `INVALID_JSON`, or `INVALID_REQUEST` with the path of what is wrong.
  package init(_ text: [UInt8]) throws(HubError) {
    let value = try JSONValue(parsing: text)
    self.text = value.oneLine()
    rule = try JSONSchemaRule(value, path: "", depth: 0)
  }

  /// - Parameter data: a JSON text that is valid already.
  /// - Throws: `INVALID_EVENT` with the path of the first field that does not fit, such as `data.items[3].price`.
  package func check(_ data: [UInt8]) throws(HubError) {
    let value = JSONValue(valid: data, range: JSONWalk.trimmed(data.span))
    try rule.check(value, at: JSONPath())
  }
}

/// Where in an event's data something stands, as people write it; made into text only for an error.
struct JSONPath {
  private indirect enum Step {
    case root
    case member(Substring, of: Step)
    case element(Int, of: Step)
  }

  private static let maximumLength = 200

  private let step: Step

  init() { step = .root }
  private init(_ step: Step) { self.step = step }

  func member(_ name: String) -> JSONPath { JSONPath(.member(name[...], of: step)) }
  func element(_ index: Int) -> JSONPath { JSONPath(.element(index, of: step)) }

  var text: String {
    let text = Self.text(step)
    return text.utf8.count <= Self.maximumLength ? text : "…" + text.suffix(Self.maximumLength / 4)
  }

  private static func text(_ step: Step) -> String {
    switch step {
    case .root: "data"
    case .element(let index, let parent): "\(text(parent))[\(index)]"
    case .member(let name, let parent):
      isPlain(name) ? "\(text(parent)).\(name)" : "\(text(parent))[\"\(name.prefix(40))\"]"
    }
  }

  private static func isPlain(_ name: Substring) -> Bool {
    !name.isEmpty && name.utf8.count <= 40
      && name.unicodeScalars.allSatisfy { $0 == "_" || $0 == "-" || $0.properties.isAlphabetic || ("0"..."9") ~= $0 }
  }
}
