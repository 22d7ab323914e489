// HubServer: the daemon's body, to run in a process.
//
// - `Hub` puts it together: a `Node` that all share, a `Worker` for each reactor, `Drain` at the end.
// - `Connections/`: `Connection`, an actor for each client; `HTTPReader` cuts requests out of what arrives, `Session`
//   says what a WebSocket message means, `Keepalive` when a client is given up.
// - `Router` leads a request over `AccessRules` and `Endpoint` to one of the `Routes/`; `Publisher` is the way into a room.
// - `Settings/`: one table of settings; the file, the environment, the flags, the help and the report follow from it.
// - `Metrics`, `Logging/`, `Tracing/`: what an operator sees.
