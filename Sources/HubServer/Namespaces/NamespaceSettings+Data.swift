import HubRooms
import HubWire

extension NamespaceSettings {
  /// Whether the data of an event is what the namespace says it must be.
  ///
  /// - Throws: `INVALID_EVENT`, with the path of the first field that does not fit.
  func check(_ event: NewEvent, in room: RoomName) throws(HubError) {
    guard !schemas.isEmpty, let schema = schemas[event.name.text] ?? schemas["*"] else { return }
    do throws(HubError) {
      guard case .json(let data) = event.data else {
        throw HubError(.invalidEvent, "`data` is bytes, which no schema can check")
      }
      try schema.check(data)
    } catch {
      throw HubError(
        error.code, "\(error.detail) (the schema of `\(event.name)` in the namespace `\(room.namespace)`)")
    }
  }
}
