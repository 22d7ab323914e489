public import HubIO

/// How long a client waits before the next try.
public typealias Backoff = HubIO.Backoff
