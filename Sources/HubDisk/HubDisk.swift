// HubDisk: the engine that lasts, on SQLite.
//
// - `DiskEngine`: what rooms talk to. Its `Writer` and its `Reader` have a thread and a connection each.
// - `Book`: where each room stands and which keys were used, with `RoomTable`, `KeyBook` and `RunningClock`; pure values.
// - `WritePlan`: what one transaction will write, decided on the book; the book takes it over after the commit.
// - `WriteQueue`, `ReadQueue`: what waits, with bounds and time limits; pure values behind locks (`SharedState`).
// - `Store`, `StoredHistory`: the two connections with their statements; `Schema.store` has the tables.
// - `DiskJournal`: where events wait while an engine that nodes share is away, in a file of its own.
// - `SQLite`: the library's calls, and nothing else.
