import HubClient
import HubWire

/// What is told to machines: one JSON object a line, as the hub would say it, with the states of the connection as
/// `{"type":"state",…}`.
struct JSONNotices: ClientNotices {
  let isColoured = false

  func line(of event: ClientEvent) -> String? {
    if case .event = event { return nil }
    return String(decoding: JSONWriter.object { write(event, to: &$0) }, as: UTF8.self)
  }

  private func write(_ event: ClientEvent, to json: inout JSONWriter) {
    switch event {
    case .event: break
    case .state(let state): write(state, to: &json)
    case .connected(let connection, let node, let user):
      json.member("type", "connected")
      json.member("connection", connection)
      json.member("node", node)
      if let user { json.member("user", user) }
    case .subscribed(let room, let position, let recovered):
      begin("subscribed", room, to: &json)
      json.member("position", position)
      if let recovered { json.member("recovered", recovered) }
    case .missed(let count):
      json.member("type", "missed")
      json.member("count", count)
    case .notRecovered(let room, let from, let position):
      begin("gap", room, to: &json)
      if let from { json.member("from", from) }
      json.member("position", position)
    case .gap(let room, let from, let position):
      begin("gap", room, to: &json)
      json.member("from", from)
      json.member("position", position)
    case .refused(let room, let refusal):
      begin("error", room, to: &json)
      json.member("code", refusal.code)
      json.member("detail", refusal.detail)
      json.member("temporary", refusal.isTemporary)
    case .unsubscribed(let room, let code):
      begin("unsubscribed", room, to: &json)
      if let code { json.member("code", code) }
    case .joined(let room, let member):
      begin("join", room, to: &json)
      json.member("member", raw: Self.object(member))
    case .left(let room, let member):
      begin("leave", room, to: &json)
      json.member("member", raw: Self.object(member))
    case .members(let room, let members):
      begin("members", room, to: &json)
      json.key("members")
      json.beginArray()
      for member in members { json.raw(Self.object(member)) }
      json.endArray()
    case .closed(let code, let reason):
      json.member("type", "closed")
      if let code { json.member("code", Int(code)) }
      json.member("reason", reason)
    }
  }

  private func begin(_ type: String, _ room: String, to json: inout JSONWriter) {
    json.member("type", type)
    json.member("room", room)
  }

  private func write(_ state: ConnectionState, to json: inout JSONWriter) {
    json.member("type", "state")
    switch state {
    case .connecting: json.member("state", "connecting")
    case .catchingUp: json.member("state", "catching-up")
    case .live: json.member("state", "live")
    case .offline(let reason, let delay):
      json.member("state", "offline")
      json.member("reason", reason)
      if let delay { json.member("retryIn", Int(delay / .milliseconds(1))) }
    }
  }

  private static func object(_ member: Member) -> [UInt8] {
    JSONWriter.object { json in
      json.member("user", member.user)
      json.member("info", raw: member.info)
    }
  }
}
