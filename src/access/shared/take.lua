-- Takes a turn of a bucket; 0, or the microseconds until there is one.
-- KEYS[1]: the bucket; ARGV[1]: microseconds in which it fills, ARGV[2]: those of one turn.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local after = full + ARGV[2]
if after > now + ARGV[1] then
    return after - now - ARGV[1]
end
-- As whole digits: Lua writes numbers of this size with fourteen.
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
return 0
