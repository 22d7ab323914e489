extension RedisScript {
  /// Takes events of one room: gives each its offset, keeps it in the room's stream, and tells every node.
  ///
  /// Keys: the room, its events, then the idempotency keys of those events that have one. Arguments: the channel, an epoch
  /// to begin where the room has none, the most events, their age, their bytes, how long the room is remembered, how long
  /// a key counts (milliseconds); then for each event the index of its key (0 for none), its digest, the subscribers that
  /// its publisher is told of, `k` (kept) or `e` (ephemeral), and its record.
  ///
  /// Answers the epoch, then for each event its offset, 0 for an ephemeral one, `EPOCH OFFSET SUBSCRIBERS` for one
  /// whose key was used for it before, or `conflict`.
  static let append = RedisScript(
    shared + """
      local channel, events, now = ARGV[1], KEYS[2], milliseconds()
      local epoch, newest, touched = room(ARGV[2])
      local first, large = newest, false
      local answers, messages = { epoch }, {}
      for i = 8, #ARGV, 5 do
        local key, digest, subscribers, record = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 4]
        local answer
        if key > 0 then
          local held = redis.call('GET', KEYS[key + 2])
          if held then
            local usedIn, offset, told, used = string.match(held, '^(%S+) (%d+) (%d+) (.*)$')
            if usedIn == epoch then
              answer = used == digest and usedIn .. ' ' .. offset .. ' ' .. told or 'conflict'
            end
          end
        end
        if not answer then
          answer = 0
          if ARGV[i + 3] == 'k' then
            local added = redis.pcall('XADD', events, 'MAXLEN', '~', ARGV[3], text(newest + 1) .. '-0',
              'e', record, 't', text(now))
            if type(added) == 'table' and added.err then
              -- The stream is ahead of the room: Redis has lost a part of what it had.
              if not string.find(added.err, 'equal or smaller', 1, true) then return added end
              epoch, newest, touched, first = renew(ARGV[2]), 0, 0, 0
              answers[1] = epoch
              redis.call('XADD', events, '1-0', 'e', record, 't', text(now))
            end
            newest = newest + 1
            answer = newest
            large = large or #record > 16384
            messages[#messages + 1] = 'E ' .. epoch .. ' ' .. text(newest) .. ' ' .. record
          else
            messages[#messages + 1] = 'e ' .. record
          end
          if key > 0 then
            local use = epoch .. ' ' .. text(answer) .. ' ' .. subscribers .. ' ' .. digest
            redis.call('SET', KEYS[key + 2], use, 'PX', ARGV[7])
          end
        end
        answers[#answers + 1] = answer
      end
      if newest > first then redis.call('HSET', KEYS[1], 'e', epoch, 'o', text(newest)) end
      -- All that is kept is kept before anybody is told: a step that fails undoes none before it.
      for _, message in ipairs(messages) do redis.call('SPUBLISH', channel, message) end
      touch(touched, ARGV[6], ARGV[4], now)
      if large or math.floor(newest / 64) > math.floor(first / 64) then trim(ARGV[5]) end
      return answers
      """)

  /// What several scripts need. The room is a hash: `e` its epoch, `o` its newest offset, `t` when its lifetime was last
  /// prolonged. The ids of its stream are its offsets.
  static let shared = """
    local function text(number) return string.format('%.0f', number) end

    local function milliseconds()
      local time = redis.call('TIME')
      return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
    end

    -- Begins an epoch with nothing in it.
    local function renew(epoch)
      -- In this order: a server without memory refuses the first.
      redis.call('HSET', KEYS[1], 'e', epoch, 'o', '0', 't', '0')
      redis.call('DEL', KEYS[2])
      return epoch
    end

    -- Where the room stands: its epoch, which is the one given where it has none, its newest offset, and since when.
    local function room(epoch)
      local place = redis.call('HMGET', KEYS[1], 'e', 'o', 't')
      if not place[1] then return renew(epoch), 0, 0 end
      return place[1], tonumber(place[2]), tonumber(place[3])
    end

    local function oldest(newest)
      local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
      return first and tonumber(string.match(first[1], '^%d+')) or newest + 1
    end

    -- Drops events that came longer ago than their age. Offsets have no hole: the first one to stay is searched by halves.
    local function expire(age, now)
      local first, last = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1], nil
      if not first then return end
      last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
      local low, high = tonumber(string.match(first[1], '^%d+')), tonumber(string.match(last[1], '^%d+'))
      local begin = low
      while low < high do
        local middle = math.floor((low + high) / 2)
        local entry = redis.call('XRANGE', KEYS[2], text(middle), text(middle), 'COUNT', 1)[1]
        local time = entry and tonumber(entry[2][4]) or 0
        if time < now - age then low = middle + 1 else high = middle end
      end
      if low > begin then redis.call('XTRIM', KEYS[2], 'MINID', text(low)) end
    end

    -- Prolongs what the room has, not at every use, and so for an eighth longer.
    local function touch(touched, remember, age, now)
      remember, age = tonumber(remember), tonumber(age)
      if math.abs(now - touched) < math.min(remember, age) / 8 then return end
      -- A server without memory refuses it, and it is no reason to refuse more.
      redis.pcall('HSET', KEYS[1], 't', text(now))
      redis.call('PEXPIRE', KEYS[1], text(math.ceil(remember * 9 / 8)))
      expire(age, now)
      redis.call('PEXPIRE', KEYS[2], text(math.ceil(age * 9 / 8)))
    end

    -- Drops the oldest events where they take too much together, as far as Redis can tell.
    local function trim(bytes)
      local used = redis.pcall('MEMORY', 'USAGE', KEYS[2])
      if type(used) ~= 'number' or used <= tonumber(bytes) then return end
      local count = redis.call('XLEN', KEYS[2])
      redis.call('XTRIM', KEYS[2], 'MAXLEN', text(math.max(1, math.floor(count * tonumber(bytes) / used * 0.9))))
    end

    """
}
