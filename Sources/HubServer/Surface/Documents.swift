import HubIO

/// The documents that a node serves, made when they are first asked for: most hubs are never asked.
final class Documents: Sendable {
  private let made = Lock<(openAPI: [UInt8]?, asyncAPI: [UInt8]?)>((nil, nil))

  /// - Parameter make: makes the document of the hub's own listener, the only one that has it.
  func openAPI(_ make: () -> [UInt8]) -> [UInt8] {
    made.withLock { made in
      let document = made.openAPI ?? make()
      made.openAPI = document
      return document
    }
  }

  func asyncAPI(_ make: () -> [UInt8]) -> [UInt8] {
    made.withLock { made in
      let document = made.asyncAPI ?? make()
      made.asyncAPI = document
      return document
    }
  }
}
