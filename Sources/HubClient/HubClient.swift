// HubClient: subscribes to rooms and publishes into them, from a Swift program.
//
// - `Roomcast`: a hub. What it gives out, `HubRoom` and `ClientEvents`, are sequences to iterate over, each iteration with a
//   `Feed` of its own that a `FeedLease` holds.
// - `Link`: the one WebSocket, over all its connections. `WebSocketStream` reads it, `RoomLedger` knows how far each room has
//   come, and `ConnectionStates` what to tell of it.
// - `EventPublisher`: events over HTTP, each once whatever the connection does. Streams of lines in constant memory: a
//   `PublishStream` begins as many connections as it takes, and its `LineLedger` knows what is not answered.
// - `HubPeer`: where all of them connect to, by `HubURL`, `Authorities` and `Credential`.
// - `Wire` of `HubIO`: a connection that was dialled, below both.
