import HubIO
import HubRooms
import HubWire

/// A question that waits for the answers of other nodes.
final class PendingQuestion {
  var waitingFor: Set<String>
  var answers: [NodeAnswer] = []
  let pause: Pause

  init(waitingFor: Set<String>, pause: Pause) {
    self.waitingFor = waitingFor
    self.pause = pause
  }
}

/// How nodes ask each other.
extension RedisCluster {
  /// Questions of others that are answered at once; who asks more gets no answer.
  private static let answersAtOnce = 256

  func ask(_ question: [UInt8], as node: String, within limit: Duration, _ desk: RedisDesk) async -> [NodeAnswer] {
    silent = silent.filter { table.end(of: $0.key) == $0.value }
    let others = Set(table.records.map(\.name)).subtracting([node]).subtracting(silent.keys)
    lastQuestion += 1
    let number = lastQuestion
    let pending = PendingQuestion(waitingFor: others, pause: Pause(reactor: desk.reactor))
    asked[number] = pending
    say(NodeNote(number: number, from: node, content: question).message("Q"), in: everybody, desk) { isSaid in
      if !isSaid { pending.pause.end() }
    }
    if !others.isEmpty { await pending.pause.wait(for: limit) }
    asked[number] = nil
    for name in pending.waitingFor { silent[name] = table.end(of: name) }
    return pending.answers
  }

  func take(_ note: NodeNote) {
    guard let pending = asked[note.number], !pending.answers.contains(where: { $0.node == note.from }) else { return }
    pending.answers.append(NodeAnswer(node: note.from, content: note.content))
    pending.waitingFor.remove(note.from)
    if pending.waitingFor.isEmpty { pending.pause.end() }
  }

  /// Nobody waits for a node that has left.
  func forget(_ node: String) {
    for pending in asked.values where pending.waitingFor.remove(node) != nil && pending.waitingFor.isEmpty {
      pending.pause.end()
    }
  }

  func answer(_ note: NodeNote, _ membership: Membership, _ desk: RedisDesk) {
    guard answering < Self.answersAtOnce else { return }
    answering += 1
    Task(executorPreference: desk.reactor) {
      let content = await membership.answer(note.content)
      self.answering -= 1
      let answer = NodeNote(number: note.number, from: membership.node, content: content)
      self.say(answer.message("A"), in: self.channel(of: note.from), desk)
    }
  }
}
