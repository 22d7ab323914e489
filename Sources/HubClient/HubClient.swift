// HubClient: subscribes to rooms and publishes into them, from a Swift program.
//
// - `RoomClient`: rooms over one WebSocket, resumed after every loss; what comes is an `RoomClient/Events` of
//   `ClientEvent`. Inside, a `Link` holds the connection, `WebSocketStream` reads it and `RoomLedger` knows how
//   far each room has come.
// - `EventPublisher`: events over HTTP, each once whatever the connection does. Streams of lines in constant memory: a
//   `PublishStream` begins as many connections as it takes, and its `LineLedger` knows what is not answered.
// - `Wire` of `HubIO`: a connection that was dialled, below both.
// - `HubURL`, `Backoff`, `CloseRule`, `Refusal`, `ClientError`: what both speak in.
