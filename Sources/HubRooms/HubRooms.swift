// HubRooms: rooms, what they keep, and how their events reach subscribers.
//
// - `Room` around `RoomState` with its `History`; `Rooms` makes them and lets them go; `RoomDirectory` finds
//   the home of a name.
// - `Recovery` decides who can go on where they were.
// - `DeliveryStream` carries what rooms say to the `Fanout` of each reactor, which pushes it to each
//   `Subscription` of its `LocalRoom`s.
// - `Engine` is the contract of what keeps events; `MemoryEngine` keeps them in memory.
