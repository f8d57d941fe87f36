-- Gives a turn back to a bucket. KEYS[1]: the bucket; ARGV[1]: the microseconds of one turn. Returns 0.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local after = tonumber(redis.call('GET', KEYS[1]) or 0) - ARGV[1]
if after > now then
    redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000))
else
    redis.call('DEL', KEYS[1])
end
return 0
