public import HubIO

extension Roomcast {
  /// How patient a client is, and how much it holds.
  public struct Options: Sendable {
    /// Who is believed about who the hub is, where its URL begins with `https`.
    public var authorities = Authorities.system
    /// The waits before the next connection, and before an event is sent again.
    public var backoff = Backoff()
    /// How long a connection may take to stand, a credential to come, and how much longer than the hub's ping interval a
    /// connection may be silent.
    public var patience = Duration.seconds(10)
    /// How long a connection must last after the hub's welcome to be a good one, after which the backoff begins anew.
    public var proving = Duration.seconds(5)
    /// How many bytes of events may wait for one iteration, roughly. From there on its rooms are left, and resumed where
    /// they were once the events are taken: the hub's history keeps them. What is about no room is then kept back: of
    /// states the newest, of events for the user how many they were. Less than 1 counts as 1.
    public var bufferedBytes = 1 << 20

    /// How often one event is sent at most; of a stream, how many connections in a row may end without an answer to a
    /// line.
    public var tries = 5
    /// How long the hub may take to answer what is published or asked.
    public var answerTime = Duration.seconds(30)
    /// Of a stream: how many lines may be under way, sent and not answered. They are kept, to be sent again.
    public var unansweredLines = 4_096
    /// The same in bytes; one line may always be under way.
    public var unansweredBytes = 4 << 20

    /// What suits a service in the same data centre as well as one across the world.
    public init() {}
  }
}
