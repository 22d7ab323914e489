extension RedisScript {
  /// Where a room stands, beginning an epoch for one that is unknown, or that stands behind what a node knows.
  ///
  /// Keys: the room, its events. Arguments: the channel, an epoch to begin, the epoch and offset that the node knows
  /// (empty where it knows none), how long the room is remembered, how old its events may be. Answers its epoch, its newest
  /// offset and its oldest.
  static let place = RedisScript(
    shared + """
      local now = milliseconds()
      local epoch, newest, touched = room(ARGV[2])
      if epoch == ARGV[3] and newest < tonumber(ARGV[4]) then
        epoch, newest, touched = renew(ARGV[2]), 0, 0
        redis.call('SPUBLISH', ARGV[1], 'R')
      end
      touch(touched, ARGV[5], ARGV[6], now)
      return { epoch, newest, oldest(newest) }
      """)

  /// Events of a room, from one offset through another, as many as fit.
  ///
  /// Keys: the room, its events. Arguments: the offset before the first, the last, the most events, the most bytes. Answers
  /// the epoch (empty where the room is unknown), the newest offset, the oldest, then offset and record of each event.
  static let read = RedisScript(
    shared + """
      local place = redis.call('HMGET', KEYS[1], 'e', 'o')
      if not place[1] then return { '', 0, 1 } end
      local newest = tonumber(place[2])
      local answers = { place[1], newest, oldest(newest) }
      local next, last, left, bytes = tonumber(ARGV[1]) + 1, ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
      local part = 8
      while left > 0 and bytes > 0 do
        local entries = redis.call('XRANGE', KEYS[2], text(next), last, 'COUNT', math.min(part, left))
        if #entries == 0 then break end
        for _, entry in ipairs(entries) do
          local record = entry[2][2]
          if #answers > 3 and #record > bytes then return answers end
          answers[#answers + 1] = entry[1]
          answers[#answers + 1] = record
          bytes = bytes - #record
          left = left - 1
          next = tonumber(string.match(entry[1], '^%d+')) + 1
        end
        -- Small events are read many at a time, and large ones never are.
        part = math.min(64, part * 2, math.max(1, math.floor(bytes / (1 + #entries[1][2][2]))))
      end
      return answers
      """)

  /// Drops what there is of a room, and begins a new epoch.
  ///
  /// Keys: the room, its events. Arguments: the channel, the epoch to begin, how long the room is remembered.
  static let drop = RedisScript(
    shared + """
      renew(ARGV[2])
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      redis.call('SPUBLISH', ARGV[1], 'D ' .. ARGV[2])
      return ARGV[2]
      """)

  /// That connections came and went. What changes nothing is told to nobody.
  ///
  /// Keys: the room's members, a hash by connection, with the version in the field `#`. Arguments: the channel, how long they
  /// are remembered, then for each change `+` or `-`, the field, and the member's record.
  static let presence = RedisScript(
    """
    local channel, members = ARGV[1], KEYS[1]
    for i = 3, #ARGV, 3 do
      local field, record, changes = ARGV[i + 1], ARGV[i + 2], false
      if ARGV[i] == '+' then
        changes = redis.call('HGET', members, field) ~= record
        if changes then redis.call('HSET', members, field, record) end
      else
        changes = redis.call('HDEL', members, field) == 1
      end
      if changes then
        local version = redis.call('HINCRBY', members, '#', 1)
        local told = ARGV[i] == '+' and record or field
        redis.call('SPUBLISH', channel, 'P ' .. string.format('%.0f', version) .. ' ' .. ARGV[i] .. ' ' .. told)
      end
    end
    redis.call('PEXPIRE', members, ARGV[2])
    return redis.status_reply('OK')
    """)

  /// A node says that it is there, and learns who else is.
  ///
  /// Keys: the table of nodes, a hash by name. Arguments: the node's name, what it tells of itself, its lease in
  /// milliseconds. Answers the time, then for each node its name, when its lease ends, and what it tells. A node whose
  /// lease has ended long ago is taken out.
  static let nodes = RedisScript(
    """
    local time = redis.call('TIME')
    local now, lease = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), tonumber(ARGV[3])
    redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + lease) .. ' ' .. ARGV[2])
    redis.call('PEXPIRE', KEYS[1], lease * 100)
    local answers, all = { now }, redis.call('HGETALL', KEYS[1])
    for i = 1, #all, 2 do
      local ends, status = string.match(all[i + 1], '^(%d+) (.*)$')
      if not ends or tonumber(ends) < now - 10 * lease then
        redis.call('HDEL', KEYS[1], all[i])
      else
        answers[#answers + 1] = all[i]
        answers[#answers + 1] = tonumber(ends)
        answers[#answers + 1] = status
      end
    end
    return answers
    """)
}
