import HubServer
import HubWire

/// The claims that a `roomcast token jwt` was asked for.
struct TokenOrder {
  /// A JSON object.
  let claims: [UInt8]

  /// - Parameter now: seconds since 1970.
  /// - Throws: all that is wrong.
  init(_ arguments: Arguments, now: Int64) throws(ArgumentsError) {
    var problems: [String] = []
    let user = arguments.value(of: TokenJWTCommand.user)
    if user == nil { problems.append("--user is missing: whom the token stands for") }
    let lists = Self.lists(arguments, &problems)
    let time = Self.time(arguments, &problems)
    guard problems.isEmpty, let user else { throw ArgumentsError(problems: problems) }
    claims = JSONWriter.object { json in
      json.member("sub", user)
      json.member("iat", now)
      json.member("exp", now + time)
      if let issuer = arguments.value(of: TokenJWTCommand.issuer) { json.member("iss", issuer) }
      let audience = arguments.values(of: TokenJWTCommand.audience)
      if audience.count == 1 { json.member("aud", audience[0]) }
      if audience.count > 1 { json.list("aud", audience) }
      guard lists.contains(where: { !$0.texts.isEmpty }) else { return }
      json.key("roomcast")
      json.beginObject()
      for (name, texts) in lists where !texts.isEmpty { json.list(name, texts) }
      json.endObject()
    }
  }

  private static func lists(
    _ arguments: Arguments, _ problems: inout [String]
  ) -> [(name: StaticString, texts: [String])] {
    let patterns: [(name: StaticString, option: ArgumentOption)] = [
      ("subscribe", TokenJWTCommand.subscribe), ("publish", TokenJWTCommand.publish),
      ("presence", TokenJWTCommand.presence),
    ]
    for (_, option) in patterns {
      for text in arguments.values(of: option) {
        do throws(HubError) {
          _ = try RoomPattern(text)
        } catch {
          problems.append("\(option.name) \"\(text)\": \(error.detail)")
        }
      }
    }
    for text in arguments.values(of: TokenJWTCommand.room) {
      do throws(HubError) {
        _ = try RoomName(text)
      } catch {
        problems.append("\(TokenJWTCommand.room.name) \"\(text)\": \(error.detail)")
      }
    }
    return patterns.map { ($0.name, arguments.values(of: $0.option)) }
      + [("rooms", arguments.values(of: TokenJWTCommand.room))]
  }

  /// Seconds.
  private static func time(_ arguments: Arguments, _ problems: inout [String]) -> Int64 {
    let text = arguments.value(of: TokenJWTCommand.expires) ?? "1h"
    guard let time = SettingsUnits.duration(text), (1...315_360_000).contains(time.components.seconds) else {
      problems.append("--expires \"\(text)\" is no time from 1s to 3650d")
      return 0
    }
    return time.components.seconds
  }
}

extension JSONWriter {
  fileprivate mutating func list(_ name: StaticString, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }
}
