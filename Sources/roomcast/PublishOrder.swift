import HubClient
import HubWire

/// What a `roomcast publish` was asked to do.
struct PublishOrder: Sendable {
  let hub: Roomcast
  let room: RoomName
  let event: EventName
  let key: String?
  let isEphemeral: Bool
  let isText: Bool
  let isJSON: Bool

  /// - Throws: all that is wrong.
  init(_ arguments: Arguments, _ environment: [String: String]) throws(ArgumentsError) {
    hub = try ClientArguments.hub(arguments, environment)
    do throws(HubError) {
      room = try RoomName(arguments.positionals[0])
      event =
        try arguments.value(of: PublishCommand.event).map { name throws(HubError) in try EventName(name) } ?? .message
    } catch {
      throw ArgumentsError(problems: [error.detail])
    }
    key = arguments.value(of: PublishCommand.key)
    isEphemeral = arguments.has(PublishCommand.ephemeral)
    isText = arguments.has(PublishCommand.text)
    isJSON = arguments.has(.json)
  }

  /// The JSON that is sent for what was given.
  ///
  /// - Throws: where it is no JSON, saying at which byte; with `--text`, where it is not UTF-8.
  func data(_ given: [UInt8]) throws(HubError) -> [UInt8] {
    switch isText ? try EventData(text: given) : try EventData(json: given) {
    case .json(let json), .base64(let json): json
    }
  }

  /// The line of a stream that publishes the data.
  func envelope(_ data: [UInt8]) -> [UInt8] {
    JSONWriter.object(capacity: data.count + 96) { json in
      json.member("room", room.text)
      if event != .message { json.member("event", event.text) }
      json.member("data", raw: data)
      if isEphemeral { json.member("ephemeral", true) }
    }
  }
}
