// HubRedis: the engine that spreads. Several nodes share their rooms in Redis 7 or Valkey.
