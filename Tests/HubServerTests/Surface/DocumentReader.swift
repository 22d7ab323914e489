@testable import HubWire

/// Reads what is in a document, member by member.
struct DocumentReader {
  private let tree: JSONTree

  init(_ bytes: [UInt8]) throws {
    tree = JSONTree(try JSONValue(parsing: bytes, maximumDepth: JSONScanner.maximumDepth))
  }

  private init(_ tree: JSONTree) {
    self.tree = tree
  }

  /// The names of the members, in order of the alphabet.
  var keys: [String] {
    if case .object(let members) = tree { members.keys.sorted() } else { [] }
  }

  func object(_ name: String) throws -> DocumentReader {
    guard case .object(let members) = tree, let member = members[name] else {
      throw HubError(.internal, "there is no \(name)")
    }
    return DocumentReader(member)
  }

  func count(_ name: String) throws -> Int {
    guard case .array(let elements) = try object(name).tree else { throw HubError(.internal, "\(name) is no list") }
    return elements.count
  }

  func text(_ name: String) throws -> String {
    guard case .string(let text) = try object(name).tree else { throw HubError(.internal, "\(name) is no text") }
    return text
  }

  /// The names of the schemas that a document refers to.
  static func references(in bytes: [UInt8]) -> Set<String> {
    let mark = "\"#/components/schemas/"
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: mark, omittingEmptySubsequences: false)
    return Set(parts.dropFirst().map { String($0.prefix { $0 != "\"" }) })
  }
}
