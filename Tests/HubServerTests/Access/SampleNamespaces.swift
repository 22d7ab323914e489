import HubWire

@testable import HubServer

extension NamespaceBook {
  /// Anyone may read in these namespaces.
  static func anonymous(_ names: String...) throws -> NamespaceBook {
    try of(names.map { NamespaceSettings(name: try RoomPattern($0), anonymous: true) })
  }

  static func of(_ namespaces: [NamespaceSettings], _ change: (inout Settings) -> Void = { _ in }) throws
    -> NamespaceBook
  {
    var settings = Settings()
    settings.namespaces = namespaces
    change(&settings)
    return NamespaceBook(settings)
  }
}
