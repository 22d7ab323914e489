// HubRedis: the engine that spreads. Several nodes share their rooms in Redis 7 or Valkey.
//
// - `RedisEngine`: what rooms talk to; `RedisShared` is what its reactors share.
// - `Scripts`: what Redis does in one step, in Lua.
// - `Links`: one connection to each server for each reactor (`RedisLink`), and which of them has what (`RedisPool`).
// - `Rooms`: what the rooms of one reactor ask and are told (`RedisDesk`), and how events and members are written.
// - `Nodes`: who shares the rooms (`RedisCluster`, `NodeTable`), and how nodes ask each other.
// - `Fallback`: what becomes of events while Redis is away.
