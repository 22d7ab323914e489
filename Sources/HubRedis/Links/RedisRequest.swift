import HubIO
import HubWire

/// A command on its way to Redis, and what becomes of its answer.
struct RedisRequest {
  /// What ends the wait for it.
  enum Answer {
    case reply
    /// A push that says that the channel is subscribed; an error comes as a reply.
    case confirmation(channel: String)
    /// This word, behind the answer to something that is answered by a push, by an error or by both.
    case fence(String)
  }

  /// The command as it is sent.
  let bytes: [UInt8]
  var answer = Answer.reply
  /// Called once, on the link's reactor, before anything that comes behind the answer is looked at.
  let complete: (Result<RESPValue, RedisFailure>) -> Void

  /// Waits for an answer since then.
  var since = Moment(nanoseconds: 0)

  init(
    _ commands: RESPCommand..., answer: Answer = .reply,
    complete: @escaping (Result<RESPValue, RedisFailure>) -> Void
  ) {
    var bytes: [UInt8] = []
    for command in commands { command.append(to: &bytes) }
    self.bytes = bytes
    self.answer = answer
    self.complete = complete
  }
}
