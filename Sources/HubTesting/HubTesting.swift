// HubTesting: a whole hub in one thread and in memory, driven by a seed.
//
// - `SteppedReactors`: whose turn it is, and which job runs next. `SimulatedClock` stands still in between.
// - `SimulatedKernel`, `SimulatedNetwork`, `SimulatedLink`: the operating system and what lies behind it.
// - `SimulatedWebSocket`, `SimulatedEventStream`, `SimulatedPublisher`: clients; `RoomWatch` holds what a
//   subscriber is told against what is promised.
// - `ScriptedEngine`: an engine whose answers come when the test says.
// - `RedisServer`, `RedisCaller`: a real server for a test, and a connection to look at it.
// - `SeededRandom`, `Seeds`: chance that can be had again.
