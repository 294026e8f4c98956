// Scripts on the server: commands defined in ioredis, EVALSHA, cjson, a stock counter that never goes below zero.
const express = require("express");
const Redis = require("ioredis");

const redis = new Redis(process.env.REDIS_URL, {
  scripts: {
    takeStock: {
      numberOfKeys: 1,
      lua: `
        local left = tonumber(redis.call("GET", KEYS[1]) or "0")
        local wanted = tonumber(ARGV[1])
        if left < wanted then return redis.error_reply("OUTOFSTOCK only " .. left .. " left") end
        return redis.call("DECRBY", KEYS[1], wanted)`,
    },
  },
});
redis.defineCommand("jsonMerge", {
  numberOfKeys: 1,
  lua: `
    local old = cjson.decode(redis.call("GET", KEYS[1]) or "{}")
    for key, value in pairs(cjson.decode(ARGV[1])) do old[key] = value end
    local text = cjson.encode(old)
    redis.call("SET", KEYS[1], text)
    return {text, #text, false, 3.9, {1, "two"}}`,
});

const app = express();
app.use(express.json());
app.post("/stock/:n", async (req, res) => res.json({ left: await redis.takeStock("lua:stock", req.params.n) }));
app.post("/merge", async (req, res) => {
  const [text, ...rest] = await redis.jsonMerge("lua:json", JSON.stringify(req.body));
  res.json({ value: JSON.parse(text), rest });
});
app.get("/evalsha", async (req, res) => {
  const sha = await redis.script("LOAD", "return {KEYS[1], ARGV[1], redis.sha1hex('x')}");
  const missing = await redis.evalsha("0".repeat(40), 0).catch((error) => error.message);
  res.json({
    sha,
    exists: await redis.script("EXISTS", sha, "f".repeat(40)),
    answer: await redis.evalsha(sha, 1, "k", "v"),
    missing,
  });
});
app.get("/sandbox", async (req, res) => {
  const run = (text) => redis.eval(text, 0).catch((error) => error.message.split(" script:")[0].slice(0, 40));
  res.json([
    await run("return string.format('%05.1f|%s', 3.14159, 'x')"),
    await run("return {ok = 'FINE'}"),
    await run("return redis.status_reply('YES')"),
    await run("local t = {} for i = 1, 3 do t[i] = i * i end return t"),
    await run("return math.floor(7 / 2) .. ':' .. tostring(nil)"),
    await run("return bit.band(12, 10)"),
    await run("return #cmsgpack.pack({1, 2, 3})"),
  ]);
});
app.get("/functions", async (req, res) => {
  await redis.call(
    "FUNCTION",
    "LOAD",
    "REPLACE",
    "#!lua name=suite\nredis.register_function('double', function(keys, args) return tonumber(args[1]) * 2 end)",
  );
  res.json(await redis.call("FCALL", "double", 0, 21));
});
app.use((error, req, res, next) => res.status(409).json({ message: error.message }));

redis.set("lua:stock", 10).then(() => app.listen(3000));
