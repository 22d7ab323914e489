/// The names and values of a query, as HTML forms write them (`application/x-www-form-urlencoded`).
package struct HTTPQuery: Sendable {
  /// Decoded, in order, doubles kept.
  package let items: [(name: String, value: String)]

  /// - Parameter raw: What follows the `?`, not decoded; nil and empty make an empty query. Empty items (`a=1&&b=2`)
  ///   are passed over, and a name without `=` has an empty value.
  /// - Throws: `INVALID_REQUEST` where an escape is malformed or does not give UTF-8.
  package init(_ raw: String?) throws(HubError) {
    var items: [(name: String, value: String)] = []
    for item in (raw ?? "").split(separator: "&") {
      let equals = item.firstIndex(of: "=")
      let rawName = item[..<(equals ?? item.endIndex)]
      guard let name = PercentEncoding.decode(rawName, plusIsSpace: true) else {
        throw HubError(.invalidRequest, "a name in the query is not percent-encoded UTF-8")
      }
      let rawValue = equals.map { item[item.index(after: $0)...] } ?? ""
      guard let value = PercentEncoding.decode(rawValue, plusIsSpace: true) else {
        throw HubError(.invalidRequest, "the query's value of \"\(name)\" is not percent-encoded UTF-8")
      }
      items.append((name, value))
    }
    self.items = items
  }

  /// The first value of that name.
  package subscript(name: String) -> String? {
    items.first { $0.name == name }?.value
  }

  /// Every value of that name, in order.
  package func all(_ name: String) -> [String] {
    items.filter { $0.name == name }.map(\.value)
  }
}
