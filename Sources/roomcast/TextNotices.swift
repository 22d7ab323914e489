import HubClient

/// What is told to people: a sentence each.
struct TextNotices: ClientNotices {
  /// Whether the state of the connection is shown by colours, too.
  let isColoured: Bool

  func line(of event: ClientEvent) -> String? {
    let text: String?
    if case .state(let state) = event {
      text = sentence(state)
    } else {
      text = sentence(event).map(PrintableText.line)
    }
    return text.map { "roomcast subscribe: \($0)" }
  }

  private func sentence(_ event: ClientEvent) -> String? {
    switch event {
    case .event, .state: nil
    case .connected(_, let node, let user):
      "connected to node \(node)" + (user.map { " as \($0)" } ?? "")
    case .subscribed(let room, let position, let recovered):
      recovered == false ? nil : "\(recovered == nil ? "subscribed to" : "resumed") \(room) after \(position)"
    case .notRecovered(let room, _, let position):
      "the history of \(room) does not reach back: events may be lost; going on after \(position)"
    case .missed(let count): "\(count) events for this user are lost: they came faster than they were taken"
    case .gap(let room, let from, let position): "events of \(room) after \(from) up to \(position) are lost"
    case .refused(let room, let refusal): "\(room): \(refusal)"
    case .unsubscribed(let room, let code): "the hub has taken \(room) away" + (code.map { ": \($0)" } ?? "")
    case .joined(let room, let member): "\(member.user) has come into \(room)"
    case .left(let room, let member): "\(member.user) has left \(room)"
    case .members(let room, let members):
      members.isEmpty ? "nobody is in \(room)" : "in \(room): \(members.map(\.user).joined(separator: ", "))"
    case .closed(let code, let reason): "ended: \(reason)" + (code.map { " (close code \($0))" } ?? "")
    }
  }

  private func sentence(_ state: ConnectionState) -> String? {
    switch state {
    case .connecting: nil
    case .catchingUp: coloured("catching up", 33)
    case .live: coloured("live", 32)
    case .offline(let reason, let delay?):
      "\(coloured("offline", 31)): \(PrintableText.line(reason)); trying again in \(Self.seconds(delay)) s"
    // The end of it all is told in a sentence of its own.
    case .offline(_, nil): nil
    }
  }

  private func coloured(_ text: String, _ colour: Int) -> String {
    isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }

  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = seconds * 10 + attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
