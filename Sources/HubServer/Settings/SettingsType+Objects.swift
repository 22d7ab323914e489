// Lists of objects.

extension SettingsType {
  /// An element of a list with its place in it.
  typealias Placed<Element> = (index: Int, position: SourcePosition, element: Element)

  /// A list of objects: JSON5 in the file; in a flag or variable the same as text, one object or several with commas
  /// between them.
  ///
  /// - Parameters:
  ///   - fields: the names of all fields.
  ///   - read: makes an element of the fields; nil after it has noted what is wrong with them.
  ///   - json: the element as JSON, without anything secret.
  ///   - together: what is wrong with the elements beside each other.
  static func objects<Element: Sendable>(
    fields: [String], read: @escaping @Sendable (inout SettingsFields) -> Element?,
    json: @escaping @Sendable (Element) -> String,
    together: @escaping @Sendable ([Placed<Element>]) -> [SettingsMistake]
  ) -> Self where Value == [Element] {
    let mend = "write a list of objects: [{ \(fields.map { "\($0): …" }.joined(separator: ", ")) }]"
    let list = { @Sendable (elements: [Element]) in elements.map(json).joined(separator: ",") }
    return SettingsType(
      placeholder: "{…},…", isList: true,
      parse: { input throws(SettingsMistake) in
        let (nodes, isFromFile) = try input.objects(mend: mend)
        var elements: [Placed<Element>] = []
        var mistakes: [SettingsMistake] = []
        for (index, node) in nodes.enumerated() {
          var reading = SettingsFields(node, path: "[\(index)]", isFromFile: isFromFile, known: fields)
          let element = reading.isObject ? read(&reading) : nil
          mistakes += reading.mistakes
          if let element { elements.append((index, node.position, element)) }
        }
        mistakes += together(elements)
        if var first = mistakes.first {
          first.further = Array(mistakes.dropFirst())
          throw first
        }
        return elements.map(\.element)
      },
      show: list, json: { "[\(list($0))]" })
  }

  /// A mistake for each element of which an earlier one has the same value.
  static func doubled<Element, Key: Hashable>(
    _ elements: [Placed<Element>], _ key: (Element) -> Key?, field: String, _ what: String
  ) -> [SettingsMistake] {
    var seen: [Key: Int] = [:]
    return elements.compactMap { place in
      guard let value = key(place.element) else { return nil }
      guard let first = seen.updateValue(seen[value] ?? place.index, forKey: value) else { return nil }
      return SettingsMistake(
        message: "\(what) [\(first)] too", mend: "give each its own", inside: "[\(place.index)].\(field)",
        position: place.position)
    }
  }
}

extension SettingsInput {
  /// The nodes of a list of objects, and whether it stands in the file.
  fileprivate func objects(mend: String) throws(SettingsMistake) -> (nodes: [JSON5Node], isFromFile: Bool) {
    switch self {
    case .value(.array(let nodes)): return (nodes, true)
    case .value(.object(let members)):
      return ([JSON5Node(value: .object(members), position: members.first?.keyPosition ?? .start)], true)
    case .value: throw SettingsMistake(message: "a list of objects is needed here", mend: mend)
    case .text(let text):
      do throws(JSON5Error) {
        let root = try JSON5Scanner.parse(Array("[\(text)\n]".utf8))
        guard case .array(let nodes) = root.value else { return ([], false) }
        // A flag may hold a whole list too, and be given again.
        return (nodes.flatMap { if case .array(let inner) = $0.value { inner } else { [$0] } }, false)
      } catch {
        // The text is not shown: it may hold a secret, though none is taken from here.
        throw SettingsMistake(message: "the text is not JSON5: \(error.reason)", mend: mend)
      }
    }
  }
}

extension SourcePosition {
  fileprivate static let start = SourcePosition(line: 1, column: 1)
}
